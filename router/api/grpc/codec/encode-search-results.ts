import { HighlightData } from '../../../../proto/generated/milvus/highlight.ts';
import type { SearchResults } from '../../../../proto/generated/milvus/search.ts';
import { SearchResultData } from '../../../../proto/generated/milvus/search_result.ts';
import { bytesOf } from '../../../../proto/milvus/float-lens.ts';
import type { SearchOutput } from '../../../operations/reads/search.ts';
import { encodeColumns } from './encode-columns.ts';
import { encodeFieldData } from './encode-field-data.ts';
import { encodeIds } from './ids.ts';
import { SUCCESS } from './status.ts';

const NOTHING = SearchResultData.create();

/** Only a model gives fragments scores. */
const NO_SCORES = HighlightData.create().scores;

/** Hits as the wire has them. Scores go out as a view. */
export function encodeSearchResults(output: SearchOutput): SearchResults {
  const groups = output.groupValues && encodeFieldData(output.groupValues);
  return {
    status: SUCCESS,
    results: {
      ...NOTHING,
      numQueries: BigInt(output.queryCount),
      topK: BigInt(output.topK),
      fieldsData: encodeColumns(output.columns),
      scores: bytesOf(output.scores),
      ids: encodeIds(output.keys),
      topks: Array.from(output.counts, BigInt),
      outputFields: [...output.outputFields],
      allSearchCount: BigInt(output.searchedRowCount),
      primaryFieldName: output.primaryField.name,
      highlightResults: (output.highlights ?? []).map(({ field, fragments }) => ({
        fieldName: field,
        datas: fragments.map((list) => ({ fragments: [...list], scores: NO_SCORES })),
      })),
      ...(output.elementIndices && { elementIndices: { data: Array.from(output.elementIndices, BigInt) } }),
      searchIteratorV2Results: output.iteration,
      groupByFieldValue: groups,
      groupByFieldValues: groups ? [groups] : [],
    },
    collectionName: output.collectionName,
    sessionTs: output.sessionTimestamp,
  };
}
