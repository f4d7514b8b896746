/** Rerank functions of a request as they were sent, by gRPC or REST. */
export interface FunctionScoreInput {
  readonly functions: readonly RankFunctionInput[];
  /** `boost_mode`, `function_mode`. */
  readonly parameters: ReadonlyMap<string, string>;
}

export interface RankFunctionInput {
  readonly name: string;
  /** Whether its type is Rerank: others are refused. */
  readonly isRerank: boolean;
  readonly inputFields: readonly string[];
  readonly outputFields: readonly string[];
  /** `reranker`, and what belongs to it. */
  readonly parameters: ReadonlyMap<string, string>;
}
