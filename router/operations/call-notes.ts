import type { NodeCallNote, PhaseNote, QueryPlan } from '../../telemetry/log/slow-queries.ts';

const CALLS_MAX = 64;

type Read = Pick<QueryPlan, 'field' | 'metricType' | 'queryCount' | 'limit' | 'offset' | 'outputFields'>;

/** What a call leaves behind of how it was done, for the slow-query log and its span. Only reads note something; noting is an assignment or a push. */
export class CallNotes {
  #read: Read | undefined;
  #viewVersion = 0;
  #segmentCount = 0;
  #callCount = 0;
  readonly #phases: PhaseNote[] = [];
  readonly #calls: NodeCallNote[] = [];

  read(read: Read): void {
    this.#read = read;
  }

  routed(viewVersion: number, segmentCount: number): void {
    this.#viewVersion = viewVersion;
    this.#segmentCount = segmentCount;
  }

  phase(name: string, startedMs: number): void {
    this.#phases.push({ name, durationMs: performance.now() - startedMs });
  }

  called(call: NodeCallNote): void {
    this.#callCount++;
    if (this.#calls.length < CALLS_MAX) this.#calls.push(call);
  }

  /** Undefined: no read, or one that was refused before it was planned. */
  get plan(): QueryPlan | undefined {
    return (
      this.#read && {
        ...this.#read,
        viewVersion: this.#viewVersion,
        segmentCount: this.#segmentCount,
        phases: this.#phases,
        calls: this.#calls,
        callCount: this.#callCount,
      }
    );
  }
}
