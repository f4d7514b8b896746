import type { ResourceGroupConfig } from './resource-group.ts';

/** Changes of resource groups, as the router asks them of the writer (see CatalogCommand). */
export type GroupCommand =
  /** Creating what exists with the same configuration succeeds. */
  | { readonly kind: 'createResourceGroup'; readonly name: string; readonly config: ResourceGroupConfig }
  /** All or none. */
  | { readonly kind: 'updateResourceGroups'; readonly configs: Readonly<Record<string, ResourceGroupConfig>> }
  /** Dropping what is missing succeeds. */
  | { readonly kind: 'dropResourceGroup'; readonly name: string }
  /** Moves `count` of what the source requests to the target. The router has seen that the source has as many readers. */
  | { readonly kind: 'transferNodes'; readonly source: string; readonly target: string; readonly count: number }
  /** Moves `count` replicas of a collection to another group. */
  | {
      readonly kind: 'transferReplicas';
      readonly database: string;
      readonly collection: string;
      readonly source: string;
      readonly target: string;
      readonly count: number;
    };
