export type SearchBy = 'ids' | 'vector' | 'text';

/** What the form of the search playground holds. */
export interface SearchInput {
  readonly database: string;
  readonly collection: string;
  readonly by: SearchBy;
  /** Ids with commas between them, a vector as JSON, or a text. */
  readonly query: string;
  readonly filter: string;
  readonly outputFields: readonly string[];
  /** Empty: the only one. */
  readonly annsField: string;
  readonly limit: number;
}

/** The body of a search of the REST API. Throws with words for who filled in the form. */
export function searchRequest(input: SearchInput): object {
  const { database, collection, by, filter, outputFields, annsField, limit } = input;
  if (collection === '') throw new Error('there is no collection to search');
  const query = input.query.trim();
  if (query === '') throw new Error(`name ${by === 'ids' ? 'the id of a row' : `a ${by}`} to search for`);
  return {
    dbName: database,
    collectionName: collection,
    ...(by === 'ids' ? { ids: listOf(query) } : { data: [by === 'text' ? query : vectorOf(query)] }),
    ...(annsField !== '' && { annsField }),
    ...(filter.trim() !== '' && { filter }),
    limit,
    outputFields,
  };
}

function listOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** JSON: a list, or an object for a sparse vector. */
function vectorOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`the vector must be JSON, such as [0.1, 0.2]: ${(error as Error).message}`);
  }
}
