import type { PlacementExplanation, RingDrawing } from '../../plugins/routing/routing.ts';
import type { QueryPlan } from '../../telemetry/log/slow-queries.ts';
import type { Profile } from '../../telemetry/profiler.ts';

/** What the pages of the management port answer, for all who read them: the command line and the console. Types only. */

/** One member, as `braid status` shows it. */
export interface MemberPage {
  readonly nodeId: string;
  readonly address: string;
  readonly roles: readonly string[];
  /** Empty: it named none. */
  readonly zone: string;
  readonly weight: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly health: string;
  /** `open`: set aside, because its calls failed; `halfOpen`: tried with one call at a time. */
  readonly breaker: 'closed' | 'open' | 'halfOpen';
  /** Much slower than its peers: it is avoided. */
  readonly isSlow: boolean;
  readonly callsRunning: number;
  readonly memoryBytes: number | undefined;
  readonly readySegments: number;
  /** Of the writer. */
  readonly term: number | undefined;
  /** Of its program; empty: it did not say. */
  readonly version: string;
  /** Wall clock of its machine. */
  readonly startedAtMs: number | undefined;
  /** Since its last report. */
  readonly reportAgeMs: number | undefined;
  /** How far its clock is ahead of this router's, as its last report showed. */
  readonly clockSkewMs: number | undefined;
  readonly catalogVersion: number | undefined;
  /** The newest that it has read, by collection. */
  readonly views: readonly { readonly collectionId: number; readonly viewVersion: number }[];
}

export interface PartitionPage {
  readonly id: number;
  readonly name: string;
  readonly loaded: boolean;
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
  readonly partitions: readonly PartitionPage[];
  readonly viewVersion: number;
  /** Rows that were written up to then (milliseconds since 1970) are sealed; 0: none are. */
  readonly sealedAtMs: number;
  /** How far the readers that have it are behind the writer's deletes, the last of them; undefined while no reader has it. */
  readonly behindMs: number | undefined;
  readonly replicasWanted: number;
  readonly segments: readonly SegmentPage[];
  readonly placement: PlacementPage;
}

export interface StatusPage {
  readonly nodeId: string;
  readonly roles: readonly string[];
  readonly version: string;
  readonly startedAtMs: number;
  /** Of the catalog that this router knows. */
  readonly catalogVersion: number;
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

/** The hash ring of one resource group, to be drawn: `/placement/ring`. */
export interface RingPage extends Omit<RingDrawing, 'keys'> {
  readonly group: string;
  readonly strategy: string;
  /** What is placed as one. */
  readonly placedBy: string;
  /** At most 2000, in the order of their keys. */
  readonly segments: readonly RingSegment[];
}

/** Where a segment's key lies on the ring, and who owns it: bounded loads may pass by the first on the ring. */
export interface RingSegment {
  readonly id: number;
  readonly key: number;
  /** Node ids, replica by replica. */
  readonly owners: readonly string[];
}

/** `/jobs`: what the writer does besides writes. */
export interface JobsPage {
  /** Newest first, since this writer leads. */
  readonly jobs: readonly JobPage[];
  readonly waitingIndexes: readonly WaitingIndexPage[];
}

export interface JobPage {
  readonly jobId: number;
  /** `seal` or `compaction`. */
  readonly kind: string;
  readonly collection: string;
  /** `running`, `completed` or `failed`. */
  readonly state: string;
  /** Of a compaction: why it was planned. */
  readonly cause: string;
  readonly error: string;
  readonly sourceIds: readonly number[];
  readonly rowCount: number;
  readonly startedAtMs: number;
  /** 0 while it runs. */
  readonly durationMs: number;
}

/** Sealed rows that were written for another index than the field has now. */
export interface WaitingIndexPage {
  readonly collection: string;
  readonly field: string;
  readonly waitingRows: number;
  readonly rows: number;
  readonly failedReason: string;
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
