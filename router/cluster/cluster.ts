import type { Tracer } from '@opentelemetry/api';
import type { Clock } from '../../core/clock.ts';
import type { FilterCache } from '../../core/filter/filter-cache.ts';
import type { RouterLimits } from '../limits.ts';
import type { AccessCache } from './access-cache.ts';
import type { CatalogCache } from './catalog-cache.ts';
import type { Members } from './members.ts';
import type { NodeSpans } from './node-spans.ts';
import type { ResultCache } from './result-cache.ts';
import type { RouterMetrics } from './router-metrics.ts';
import type { Scatter } from './scatter.ts';
import type { Views } from './views.ts';
import type { WriterClient } from './writer-client.ts';

/** How the router talks to the cluster: what every operation is given. */
export interface Cluster {
  readonly members: Members;
  readonly catalog: CatalogCache;
  readonly access: AccessCache;
  readonly views: Views;
  readonly scatter: Scatter;
  readonly filters: FilterCache;
  /** Answers of searches; undefined where none are kept. */
  readonly results: ResultCache | undefined;
  readonly writer: WriterClient;
  readonly tracer: Tracer;
  readonly nodeSpans: NodeSpans;
  readonly metrics: RouterMetrics;
  readonly clock: Clock;
  readonly limits: RouterLimits;
}
