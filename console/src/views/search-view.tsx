import { useState } from 'preact/hooks';
import { DataTable } from '../components/data-table.tsx';
import { milliseconds } from '../components/format.ts';
import { HopTable } from '../components/hop-table.tsx';
import { SearchForm } from '../components/search-form.tsx';
import { TraceTree } from '../components/trace-tree.tsx';
import { call } from '../data/management-port.ts';
import type { SearchAnswer } from '../data/rest-shapes.ts';

/** The search playground. */
export function SearchView() {
  const [answer, setAnswer] = useState<SearchAnswer>();
  const [error, setError] = useState('');
  const [isRunning, setRunning] = useState(false);
  const search = async (request: object): Promise<void> => {
    setRunning(true);
    try {
      setAnswer(await call<SearchAnswer>('entities/search', request));
      setError('');
    } catch (failure) {
      setAnswer(undefined);
      setError((failure as Error).message);
    }
    setRunning(false);
  };
  return (
    <>
      <SearchForm isRunning={isRunning} onSearch={search} onRefused={setError} />
      <div aria-live="polite">
        {error !== '' && (
          <p role="alert" class="alert">
            {error}
          </p>
        )}
        {answer && (
          <p>
            <b>{answer.data.length}</b> hits in <b>{milliseconds(answer.durationMs)}</b>
          </p>
        )}
      </div>
      {answer && <Answer answer={answer} />}
    </>
  );
}

function Answer({ answer }: { readonly answer: SearchAnswer }) {
  const columns = [...new Set(['id', 'distance', ...answer.data.flatMap((hit) => Object.keys(hit))])];
  return (
    <>
      <DataTable
        caption="Hits"
        columns={columns}
        numeric={['distance']}
        empty="no row matches"
        rows={answer.data.map((hit) => columns.map((column) => shown(hit[column])))}
      />
      <HopTable plan={answer.plan} spans={answer.profile.spans} />
      <TraceTree profile={answer.profile} />
    </>
  );
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
