import { useState } from 'preact/hooks';
import type { ConfigRow } from '../../../config/describe-config.ts';
import { Empty } from '../components/empty.tsx';
import { milliseconds, plural } from '../components/format.ts';
import { HitsTable } from '../components/hits-table.tsx';
import { HopTable } from '../components/hop-table.tsx';
import { keyOf, SearchForm } from '../components/search-form.tsx';
import { Snippets } from '../components/snippets.tsx';
import { TraceTree } from '../components/trace-tree.tsx';
import { apiAddress, traceUrl } from '../data/addresses.ts';
import { call } from '../data/management-port.ts';
import type { CollectionDescription, SearchAnswer } from '../data/rest-shapes.ts';
import { session } from '../data/session.ts';
import { status } from '../data/status.ts';
import { useCall } from '../data/use-call.ts';
import { usePage } from '../data/use-page.ts';
import { route } from '../route.ts';

interface Found {
  readonly request: object;
  readonly answer: SearchAnswer;
}

/** The search playground. */
export function SearchView() {
  const collections = status.value.value?.collections ?? [];
  const [wanted, setWanted] = useState(route.value.rest.map(encodeURIComponent).join('/'));
  const chosen = collections.some((one) => keyOf(one) === wanted)
    ? wanted
    : keyOf(collections.find(({ loaded }) => loaded) ?? collections[0] ?? { database: '', name: '' });
  const [found, setFound] = useState<Found>();
  const [error, setError] = useState('');
  const [isRunning, setRunning] = useState(false);
  const [database = '', collectionName = ''] = chosen.split('/').map(decodeURIComponent);
  const named = collectionName === '' ? undefined : { dbName: database, collectionName };
  const { value: described } = useCall<CollectionDescription>('collections/describe', named);
  const search = async (request: object): Promise<void> => {
    setRunning(true);
    try {
      setFound({ request, answer: await call<SearchAnswer>('entities/search', request) });
      setError('');
    } catch (failure) {
      setError((failure as Error).message);
    }
    setRunning(false);
  };
  const choose = (key: string): void => {
    setWanted(key);
    setFound(undefined);
    setError('');
  };
  return (
    <div class="playground">
      <SearchForm
        {...{ collections, chosen, isRunning, error, described }}
        onChoose={choose}
        onSearch={search}
        onRefused={setError}
      />
      <div class={`answer${isRunning ? ' running' : ''}`} aria-live="polite" aria-busy={isRunning}>
        {found ? (
          <Answer {...found} primaryField={described?.fields.find(({ primaryKey }) => primaryKey)?.name ?? 'id'} />
        ) : (
          <Empty title={collections.length === 0 ? 'There is no collection to search' : 'Nothing searched yet'}>
            {collections.length === 0
              ? 'Create one with any Milvus client; it will be here at once.'
              : 'The hits come here, with the nodes that were asked and the time of each step.'}
          </Empty>
        )}
      </div>
    </div>
  );
}

function Answer({ request, answer, primaryField }: Found & { readonly primaryField: string }) {
  const { value: settings } = usePage<readonly ConfigRow[]>('/config');
  return (
    <>
      <p class="summary">
        <b>{plural(answer.data.length, 'hit')}</b> in <b>{milliseconds(answer.durationMs)}</b>,{' '}
        {plural(answer.plan.callCount, 'call')} of nodes, {plural(answer.plan.segmentCount, 'sealed segment')}
      </p>
      <HitsTable hits={answer.data} primaryField={primaryField} />
      <HopTable plan={answer.plan} spans={answer.profile.spans} />
      <TraceTree profile={answer.profile} traceUrl={traceUrl(settings, answer.profile.traceId)} />
      <Snippets
        request={request}
        address={apiAddress(settings, location.hostname)}
        needsToken={session.value?.required ?? false}
      />
    </>
  );
}
