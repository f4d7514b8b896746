import type { ConsistencyLevel } from '../../../../core/catalog.ts';
import { BraidError } from '../../../../core/errors.ts';
import { HighlightType } from '../../../../proto/generated/milvus/highlight.ts';
import type { QueryRequest } from '../../../../proto/generated/milvus/query.ts';
import type { HybridSearchRequest, SearchRequest } from '../../../../proto/generated/milvus/search.ts';
import type { Operations } from '../../../operations/operations.ts';
import type { ReadConsistency } from '../../../operations/reads/read-consistency.ts';
import type { SearchInput } from '../../../operations/reads/search.ts';
import { decodeFunctionScore } from '../codec/decode-function-score.ts';
import { decodePlaceholders } from '../codec/decode-placeholders.ts';
import { decodeTemplates } from '../codec/decode-templates.ts';
import { encodeQueryResults } from '../codec/encode-query-results.ts';
import { encodeSearchResults } from '../codec/encode-search-results.ts';
import { decodeIds } from '../codec/ids.ts';
import { mapOf } from '../codec/key-values.ts';
import type { Handlers } from '../milvus-rpc.ts';

export function readHandlers(operations: Operations) {
  return {
    search: async (request, context) => encodeSearchResults(await operations.search(context, decodeSearch(request))),

    hybridSearch: async (request, context) => {
      const output = await operations.hybridSearch(context, {
        requests: request.requests.map((part) => decodeSearch(completed(part, request))),
        rankParameters: mapOf(request.rankParams),
        functionScore: decodeFunctionScore(request.functionScore),
      });
      return encodeSearchResults(output);
    },

    query: async (request, context) => {
      if (request.namespace) throw new BraidError('notSupported', 'namespaces are not supported by this server');
      const output = await operations.query(context, {
        collection: request.collectionName,
        partitions: request.partitionNames,
        filter: request.expr,
        templates: decodeTemplates(request.exprTemplateValues),
        keys: undefined,
        outputFields: request.outputFields,
        parameters: mapOf(request.queryParams),
        consistency: consistencyOf(request),
      });
      return encodeQueryResults(output);
    },
  } satisfies Handlers;
}

function decodeSearch(request: SearchRequest): SearchInput {
  return {
    collection: request.collectionName,
    partitions: request.partitionNames,
    filter: request.dsl,
    templates: decodeTemplates(request.exprTemplateValues),
    queries: decodeQueries(request.searchInput),
    parameters: mapOf(request.searchParams),
    outputFields: request.outputFields,
    consistency: consistencyOf(request),
    functionScore: decodeFunctionScore(request.functionScore),
    highlighter: request.highlighter && {
      type: request.highlighter.type === HighlightType.Semantic ? 'Semantic' : 'Lexical',
      params: mapOf(request.highlighter.params),
    },
    unsupported: unsupportedIn(request),
  };
}

/** What all parts of a hybrid search share is said once, by the whole. */
function completed(part: SearchRequest, whole: HybridSearchRequest): SearchRequest {
  return {
    ...part,
    collectionName: whole.collectionName,
    partitionNames: whole.partitionNames,
    outputFields: whole.outputFields,
    consistencyLevel: whole.consistencyLevel,
    useDefaultConsistency: whole.useDefaultConsistency,
    guaranteeTimestamp: whole.guaranteeTimestamp,
    functionChains: [...part.functionChains, ...whole.functionChains],
    namespace: part.namespace ?? whole.namespace,
  };
}

function decodeQueries(input: SearchRequest['searchInput']): SearchInput['queries'] {
  switch (input?.$case) {
    case 'placeholderGroup':
      return decodePlaceholders(input.value);
    case 'ids':
      return { kind: 'keys', keys: decodeIds(input.value) };
    case undefined:
      throw new BraidError('parameterInvalid', 'the search has neither query vectors nor ids');
  }
}

/** Features that change the answer: they are refused rather than ignored. */
function unsupportedIn(request: SearchRequest): string[] {
  const wanted = {
    search_aggregation: request.searchAggregation !== undefined,
    function_chains: request.functionChains.length > 0,
    sub_reqs: request.subReqs.length > 0,
    namespace: Boolean(request.namespace),
  };
  return Object.entries(wanted).flatMap(([name, isWanted]) => (isWanted ? [name] : []));
}

function consistencyOf(request: SearchRequest | QueryRequest): ReadConsistency {
  return {
    useDefault: request.useDefaultConsistency,
    level: request.consistencyLevel as ConsistencyLevel,
    guaranteeTimestamp: request.guaranteeTimestamp,
  };
}
