/** The body of a search of the REST API from the fields of the form. Throws with words for who filled it in. */
export function searchRequest(field: (name: string) => string): object {
  const [dbName, collectionName] = JSON.parse(field('collection') || '[]') as string[];
  if (!collectionName) throw new Error('there is no collection to search');
  const outputFields = listOf(field('outputFields'));
  return {
    dbName,
    collectionName,
    ...(field('by') === 'ids' ? { ids: listOf(field('ids')) } : { data: [vectorOf(field('vector'))] }),
    filter: field('filter'),
    limit: Number(field('limit')),
    outputFields,
    ...(field('annsField') !== '' && { annsField: field('annsField') }),
  };
}

function listOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** JSON: a list, or an object for a sparse vector. A text in quotes is for a field that BM25 computes. */
function vectorOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`the vector must be JSON, such as [0.1, 0.2]: ${(error as Error).message}`);
  }
}
