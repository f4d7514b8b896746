import Type, { type Static } from 'typebox';
import type { CollectionSchema } from '../../../../core/schema/collection-schema.ts';
import type { SearchInput } from '../../../operations/reads/search.ts';
import { FunctionScoreBody, functionScoreOf } from '../codec/function-score-body.ts';
import { HighlighterBody, highlighterOf } from '../codec/highlighter-body.ts';
import { consistencyOf, ReadBody, templatesOf } from '../codec/read-body.ts';
import { textsOf } from '../codec/settings.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { hitsJson, queriesOf } from './search.ts';

const LIMIT_DEFAULT = 100;

const PartBody = Type.Object({
  data: Type.Optional(Type.Array(Type.Unknown())),
  ids: Type.Optional(Type.Unknown()),
  annsField: Type.Optional(Type.String()),
  filter: Type.Optional(Type.String()),
  exprParams: ReadBody.properties.exprParams,
  limit: Type.Optional(Type.Integer()),
  metricType: Type.Optional(Type.String()),
  params: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  searchParams: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  ignoreGrowing: Type.Optional(Type.Boolean()),
  groupingField: Type.Optional(Type.String()),
  functionScore: FunctionScoreBody,
  /** Wins over that of the whole. */
  highlighter: HighlighterBody,
});

const { filter: _, exprParams: __, ...Shared } = ReadBody.properties;

const HybridBody = Type.Object({
  ...Shared,
  search: Type.Array(PartBody, { minItems: 1 }),
  rerank: Type.Optional(
    Type.Object({
      strategy: Type.Optional(Type.String()),
      params: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    }),
  ),
  functionScore: FunctionScoreBody,
  highlighter: HighlighterBody,
  limit: Type.Optional(Type.Integer()),
  offset: Type.Optional(Type.Integer()),
  roundDecimal: Type.Optional(Type.Integer()),
  groupingField: Type.Optional(Type.String()),
  groupSize: Type.Optional(Type.Integer()),
  strictGroupSize: Type.Optional(Type.Boolean()),
});

type HybridBody = Static<typeof HybridBody>;

/** The same under both of its names. */
export const hybridSearchEndpoints: readonly Endpoint[] = ['entities/hybrid_search', 'entities/advanced_search'].map(
  (path) =>
    endpoint(path, HybridBody, async (body, call) => {
      const { collection } = await call.operations.describeCollection(call.context, { name: body.collectionName });
      const output = await call.operations.hybridSearch(call.context, {
        requests: body.search.map((part) => partOf(part, body, collection.schema)),
        rankParameters: rankParametersOf(body),
        functionScore: functionScoreOf(body.functionScore),
      });
      return { json: await hitsJson(output, call), beside: { topks: Array.from(output.counts) } };
    }),
);

function partOf(part: Static<typeof PartBody>, body: HybridBody, schema: CollectionSchema): SearchInput {
  return {
    collection: body.collectionName,
    partitions: body.partitionNames ?? [],
    filter: part.filter ?? '',
    templates: templatesOf(part.exprParams),
    queries: queriesOf(part, schema),
    parameters: new Map(
      Object.entries(
        textsOf({
          anns_field: part.annsField ?? '',
          topk: part.limit ?? LIMIT_DEFAULT,
          metric_type: part.metricType ?? '',
          params: { ...part.searchParams, ...part.params },
          ignore_growing: part.ignoreGrowing ?? null,
          group_by_field: part.groupingField || null,
        }),
      ),
    ),
    outputFields: body.outputFields ?? [],
    consistency: consistencyOf(body.consistencyLevel),
    functionScore: functionScoreOf(part.functionScore),
    highlighter: highlighterOf(part.highlighter ?? body.highlighter),
    unsupported: [],
  };
}

function rankParametersOf(body: HybridBody): ReadonlyMap<string, string> {
  const { rerank } = body;
  return new Map(
    Object.entries(
      textsOf({
        strategy: rerank?.strategy ?? null,
        params: rerank?.params ?? null,
        limit: body.limit ?? LIMIT_DEFAULT,
        offset: body.offset ?? null,
        round_decimal: body.roundDecimal ?? null,
        group_by_field: body.groupingField || null,
        group_size: body.groupSize ?? null,
        strict_group_size: body.strictGroupSize ?? null,
      }),
    ),
  );
}
