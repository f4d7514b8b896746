/** What the OpenAPI page says about an endpoint beside the schema of its body, which the endpoint itself has. */
export interface EndpointPage {
  /** A few words, as they stand in a list. */
  readonly summary: string;
  /** Markdown: what a reader could not guess. */
  readonly description?: string;
  /** A body that works on a server that went through the examples before it. */
  readonly example: object;
  /** What `data` of the answer looks like; `{}` by default. */
  readonly data?: unknown;
  /** What stands beside `data`. */
  readonly beside?: object;
}

/** By path, below `/v2/vectordb/`. */
export type EndpointPages = Readonly<Record<string, EndpointPage>>;
