import type { CollectionDescription } from './rest-shapes.ts';
import type { SearchBy } from './search-request.ts';

/** What of a collection the search playground offers, by its schema. */

/** By text where a function makes a field of words (BM25). */
export function waysToSearch(described: CollectionDescription | undefined): readonly SearchBy[] {
  return wordFields(described).length > 0 ? ['ids', 'vector', 'text'] : ['ids', 'vector'];
}

/** The vector fields that can be searched so, those with an index first; a text goes to fields of words only, vectors to all others. */
export function fieldsToSearch(described: CollectionDescription | undefined, by: SearchBy): readonly string[] {
  const words = wordFields(described);
  if (by === 'text') return words;
  const indexed = new Set(described?.indexes.map(({ fieldName }) => fieldName));
  return (described?.fields ?? [])
    .filter(({ name, type }) => type.endsWith('Vector') && !words.includes(name))
    .map(({ name }) => name)
    .sort((left, right) => Number(indexed.has(right)) - Number(indexed.has(left)));
}

/** Scalar fields besides the primary key, which every hit has. */
export function fieldsToShow(described: CollectionDescription | undefined): readonly string[] {
  return (described?.fields ?? [])
    .filter(({ type, primaryKey }) => !type.endsWith('Vector') && !primaryKey)
    .map(({ name }) => name);
}

function wordFields(described: CollectionDescription | undefined): readonly string[] {
  return (described?.functions ?? [])
    .filter(({ type }) => type === 'BM25')
    .flatMap(({ outputFieldNames }) => outputFieldNames);
}
