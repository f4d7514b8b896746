import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import type { CollectionPage } from '../../../cli/compose/page-shapes.ts';
import { errorPlace, type FormPlace } from '../data/error-place.ts';
import type { CollectionDescription } from '../data/rest-shapes.ts';
import { type SearchBy, searchRequest } from '../data/search-request.ts';
import { fieldsToSearch, fieldsToShow, waysToSearch } from '../data/searchable-fields.ts';

export interface SearchFormProps {
  readonly collections: readonly CollectionPage[];
  /** `database/name`. */
  readonly chosen: string;
  readonly onChoose: (chosen: string) => void;
  /** Of the chosen one; undefined until it was read. */
  readonly described: CollectionDescription | undefined;
  readonly isRunning: boolean;
  /** Why the last search was refused; empty: it was not. */
  readonly error: string;
  /** Given the body for the REST API. */
  readonly onSearch: (request: object) => void;
  readonly onRefused: (why: string) => void;
}

const NAMES: Readonly<Record<SearchBy, string>> = { ids: 'row id', vector: 'vector', text: 'text' };
const PLACEHOLDERS: Readonly<Record<SearchBy, string>> = {
  ids: '42',
  vector: '[0.1, 0.2, …] or {"7": 0.5} for sparse vectors',
  text: 'what the text is about',
};
const FIELDS_CHECKED_AT_FIRST = 5;

/** What to search for. Enter searches, in the vector's field with the control key. Errors stand at what they are about. */
export function SearchForm(props: SearchFormProps) {
  const { collections, chosen, onChoose, described, isRunning, error, onSearch, onRefused } = props;
  const [wantedBy, setBy] = useState<SearchBy>('ids');
  const [wantedField, setField] = useState('');
  const ways = waysToSearch(described);
  const by = ways.includes(wantedBy) ? wantedBy : 'ids';
  const fields = fieldsToSearch(described, by);
  const annsField = fields.includes(wantedField) ? wantedField : (fields[0] ?? '');
  const place = error === '' ? undefined : errorPlace(error);
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string): string => String(form.get(name) ?? '');
    const [database = '', collection = ''] = chosen.split('/').map(decodeURIComponent);
    const outputFields = form.getAll('outputFields').map(String);
    try {
      const limit = Number(text('limit'));
      onSearch(
        searchRequest({
          database,
          collection,
          by,
          query: text('query'),
          filter: text('filter'),
          outputFields,
          annsField,
          limit,
        }),
      );
    } catch (refusal) {
      onRefused((refusal as Error).message);
    }
  };
  return (
    <form class="card search" onSubmit={submit} onKeyDown={submitFromText} noValidate>
      <label>
        Collection
        <select name="collection" value={chosen} onChange={(event) => onChoose(event.currentTarget.value)}>
          {collections.map((collection) => (
            <option key={collection.id} value={keyOf(collection)}>
              {titleOf(collection)}
            </option>
          ))}
        </select>
      </label>
      <fieldset class="pills">
        <legend>Search by</legend>
        {ways.map((way) => (
          <label key={way}>
            <input type="radio" name="by" value={way} checked={by === way} onChange={() => setBy(way)} />
            <span>{NAMES[way]}</span>
          </label>
        ))}
      </fieldset>
      <QueryField by={by} marks={marked(place, 'query')} />
      <Problem at="query" place={place} error={error} />
      <label>
        Vector field
        <select
          name="annsField"
          value={annsField}
          onChange={(event) => setField(event.currentTarget.value)}
          {...marked(place, 'annsField')}
        >
          {fields.map((field) => (
            <option key={field}>{field}</option>
          ))}
        </select>
      </label>
      <Problem at="annsField" place={place} error={error} />
      <label>
        Filter
        <input
          name="filter"
          class="mono"
          placeholder={'year > 2020 and name like "a%"'}
          autocomplete="off"
          spellcheck={false}
          {...marked(place, 'filter')}
        />
      </label>
      <Problem at="filter" place={place} error={error} />
      <fieldset class="pills" {...marked(place, 'outputFields')}>
        <legend>Output fields</legend>
        {fieldsToShow(described).map((field, i) => (
          <label key={`${chosen} ${field}`}>
            <input type="checkbox" name="outputFields" value={field} defaultChecked={i < FIELDS_CHECKED_AT_FIRST} />
            <span>{field}</span>
          </label>
        ))}
      </fieldset>
      <Problem at="outputFields" place={place} error={error} />
      <label>
        Limit
        <input name="limit" type="number" min={1} defaultValue={10} {...marked(place, 'limit')} />
      </label>
      <Problem at="limit" place={place} error={error} />
      <Problem at="form" place={place} error={error} />
      <button type="submit" disabled={isRunning || !described}>
        {isRunning ? 'Searching …' : 'Search'}
      </button>
    </form>
  );
}

function QueryField({ by, marks }: { readonly by: SearchBy; readonly marks: object }) {
  const name = NAMES[by][0]!.toUpperCase() + NAMES[by].slice(1);
  const field = { name: 'query', placeholder: PLACEHOLDERS[by], spellcheck: false, ...marks };
  return (
    <div class="field">
      <label for="query">{name}</label>
      {by === 'vector' ? (
        <textarea key={by} id="query" rows={4} {...field} />
      ) : (
        <input key={by} id="query" autocomplete="off" {...field} />
      )}
    </div>
  );
}

export function keyOf({ database, name }: Pick<CollectionPage, 'database' | 'name'>): string {
  return [database, name].map(encodeURIComponent).join('/');
}

/** Where the error belongs; carets below a filter stand where the router saw the fault. */
function Problem(props: { readonly at: FormPlace; readonly place: FormPlace | undefined; readonly error: string }) {
  if (props.at !== props.place) return null;
  const [words, ...excerpt] = props.error.split('\n');
  return (
    <div class="problem" role="alert" id={`problem-${props.at}`}>
      {words}
      {excerpt.length > 0 && <pre>{excerpt.join('\n').replace(/ \(code \d+\)$/, '')}</pre>}
    </div>
  );
}

function marked(place: FormPlace | undefined, at: FormPlace): object {
  return place === at ? { 'aria-invalid': true, 'aria-describedby': `problem-${at}` } : {};
}

function titleOf({ database, name, loaded }: CollectionPage): string {
  return `${database === 'default' ? '' : `${database}.`}${name}${loaded ? '' : ' (not loaded)'}`;
}

function submitFromText(event: KeyboardEvent & { readonly currentTarget: HTMLFormElement }): void {
  if (event.key === 'Enter' && event.ctrlKey) event.currentTarget.requestSubmit();
}
