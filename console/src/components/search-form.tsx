import { useState } from 'preact/hooks';
import type { CollectionPage } from '../../../cli/compose/page-shapes.ts';
import { searchRequest } from '../data/search-request.ts';
import { status } from '../data/status.ts';

export interface SearchFormProps {
  readonly isRunning: boolean;
  /** Given the body for the REST API. */
  readonly onSearch: (request: object) => void;
  readonly onRefused: (why: string) => void;
}

/** What to search for. Enter searches, in the vector's field with the control key. */
export function SearchForm({ isRunning, onSearch, onRefused }: SearchFormProps) {
  const [by, setBy] = useState<'ids' | 'vector'>('ids');
  const collections = status.value.value?.collections ?? [];
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    try {
      onSearch(searchRequest((name) => String(form.get(name) ?? '')));
    } catch (error) {
      onRefused((error as Error).message);
    }
  };
  return (
    <form class="card search" onSubmit={submit} onKeyDown={submitFromText}>
      <label>
        Collection
        <select name="collection" required>
          {collections.map((collection) => (
            <option key={collection.id} value={JSON.stringify([collection.database, collection.name])}>
              {titleOf(collection)}
            </option>
          ))}
        </select>
      </label>
      <fieldset>
        <legend>Search by</legend>
        <label>
          <input type="radio" name="by" value="ids" checked={by === 'ids'} onChange={() => setBy('ids')} /> row id
        </label>
        <label>
          <input type="radio" name="by" value="vector" checked={by === 'vector'} onChange={() => setBy('vector')} />{' '}
          vector
        </label>
      </fieldset>
      {by === 'ids' ? (
        <label class="wide">
          Row id
          <input name="ids" required placeholder="42" autocomplete="off" />
        </label>
      ) : (
        <label class="wide">
          Vector
          <textarea name="vector" required rows={3} placeholder="[0.1, 0.2, …]" />
        </label>
      )}
      <label class="wide">
        Filter
        <input name="filter" placeholder={'year > 2020 and genre == "poetry"'} autocomplete="off" />
      </label>
      <label>
        Output fields
        <input name="outputFields" placeholder="title, year" autocomplete="off" />
      </label>
      <label>
        Vector field
        <input name="annsField" placeholder="the only one" autocomplete="off" />
      </label>
      <label>
        Limit
        <input name="limit" type="number" min={1} max={1000} defaultValue={10} />
      </label>
      <button type="submit" disabled={isRunning}>
        {isRunning ? 'Searching …' : 'Search'}
      </button>
    </form>
  );
}

function titleOf({ database, name, loaded }: CollectionPage): string {
  return `${database === 'default' ? '' : `${database}.`}${name}${loaded ? '' : ' (not loaded)'}`;
}

function submitFromText(event: KeyboardEvent): void {
  if (event.key === 'Enter' && event.ctrlKey) (event.currentTarget as HTMLFormElement).requestSubmit();
}
