import type { PlacementExplanation } from '../../plugins/routing/routing.ts';
import type { QueryPlan } from '../../telemetry/log/slow-queries.ts';
import type { Profile } from '../../telemetry/profiler.ts';

/** What the pages of the management port answer, for all who read them: the command line and the console. Types only. */

/** One member, as `braid status` shows it. */
export interface MemberPage {
  readonly nodeId: string;
  readonly address: string;
  readonly roles: readonly string[];
  readonly health: string;
  readonly callsRunning: number;
  readonly memoryBytes: number | undefined;
  readonly readySegments: number;
  /** Of the writer. */
  readonly term: number | undefined;
}

export interface SegmentPage {
  readonly id: number;
  readonly partition: string;
  readonly rows: number;
  readonly deleted: number;
  readonly byteLength: number;
  /** Addresses of the readers that hold it. */
  readonly readyOn: readonly string[];
}

export interface CollectionPage {
  readonly id: number;
  readonly database: string;
  readonly name: string;
  readonly loaded: boolean;
  readonly viewVersion: number;
  readonly segments: readonly SegmentPage[];
  readonly placement: PlacementPage;
}

export interface StatusPage {
  readonly nodeId: string;
  readonly roles: readonly string[];
  readonly members: readonly MemberPage[];
  readonly collections: readonly CollectionPage[];
}

/** A segment whose owners have not all loaded it. */
export interface MovingSegment {
  readonly id: number;
  /** Addresses of the owners that have still to load it. */
  readonly to: readonly string[];
  /** Addresses of those who answer for it meanwhile: owners that have it, else former owners; empty: it is loaded on demand. */
  readonly servedBy: readonly string[];
}

export interface PlacementPage {
  /** The resource group of each replica, in their order; fewer than asked for where a group has fewer readers. */
  readonly replicas: readonly string[];
  /** Node ids of the readers of these groups. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
  /** What the routing strategy says, by group. */
  readonly explanations: Readonly<Record<string, PlacementExplanation>>;
  readonly moving: readonly MovingSegment[];
}

/** An answer of the REST API. */
export interface ConsoleAnswer {
  readonly data: unknown;
  readonly [beside: string]: unknown;
}

/** A search with what it did, in this process: the spans of other processes are where they export them to. */
export interface ProfiledSearch extends ConsoleAnswer {
  readonly durationMs: number;
  readonly plan: QueryPlan;
  readonly profile: Profile;
}
