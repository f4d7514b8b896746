import type { PluginLogger } from '../../plugins/plugin.ts';
import type { RouterLimits } from '../limits.ts';
import type { MemberHandle } from './member-handle.ts';
import type { RouterMetrics } from './router-metrics.ts';
import { findSlowReaders, type LatencySample, median, outliersMax } from './slow-readers.ts';

export interface OutlierWatchDependencies {
  readonly readers: () => readonly MemberHandle[];
  readonly limits: RouterLimits;
  readonly metrics: RouterMetrics;
  readonly logger: PluginLogger;
}

/**
 * Compares the readers with each other, all the time: marks those that are much slower than their peers, and has calls that take too long asked of a second reader. One timer
 * for all calls: a call costs nothing as long as it is in time.
 */
export class OutlierWatch implements Disposable {
  readonly #dependencies: OutlierWatchDependencies;
  readonly #timers: readonly NodeJS.Timeout[];
  /** Median of what readers took lately. */
  #typicalMs = 0;

  constructor(dependencies: OutlierWatchDependencies) {
    this.#dependencies = dependencies;
    const { hedgeLookMs, slowWindowMs } = dependencies.limits;
    this.#timers = [
      setInterval(() => this.hedgeLateCalls(), hedgeLookMs).unref(),
      setInterval(() => this.markSlowReaders(), slowWindowMs).unref(),
    ];
  }

  /** Whether one more reader may be set aside for failing. */
  mayEject(): boolean {
    const { readers, limits } = this.#dependencies;
    const all = readers();
    return all.filter((handle) => handle.health === 'ejected').length < outliersMax(all.length, limits);
  }

  hedgeLateCalls(): void {
    const { readers, limits } = this.#dependencies;
    const afterMs = Math.max(limits.hedgeAfterMs, limits.hedgeFactor * this.#typicalMs);
    const all = readers();
    const late = all.filter((handle) => handle.hasCallOlderThan(afterMs));
    if (late.length > all.length * limits.hedgeLateRatioMax) return;
    for (const handle of late) for (const hedge of handle.overdueCalls(afterMs)) hedge();
  }

  markSlowReaders(): void {
    const { readers, limits, metrics, logger } = this.#dependencies;
    const samples = readers().map((handle): LatencySample & { readonly handle: MemberHandle } => {
      return { handle, ...handle.takeSample() };
    });
    const slow = findSlowReaders(samples, limits);
    for (const sample of samples) {
      const { handle, meanMs } = sample;
      const isSlow = slow.has(sample);
      if (isSlow === handle.isSlow) continue;
      handle.isSlow = isSlow;
      const { address } = handle.shard;
      if (isSlow) metrics.ejection(address, 'latency');
      logger.warn(
        { address, meanMs },
        isSlow ? 'a reader is much slower than its peers' : 'a slow reader is well again',
      );
    }
    this.#typicalMs = median(samples.filter(({ callCount }) => callCount > 0).map(({ meanMs }) => meanMs)) ?? 0;
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) clearInterval(timer);
  }
}
