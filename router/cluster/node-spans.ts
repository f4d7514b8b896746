import type { SpanRecord } from '../../telemetry/span-record.ts';
import type { RouterLimits } from '../limits.ts';
import type { MemberHandle } from './member-handle.ts';
import type { Members } from './members.ts';

const NO_CONTEXT = { requestId: '', traceparent: '' } as const;

/**
 * What becomes of the spans that nodes hold of calls of this router (CallContext.hold_spans). Nodes are told of traces that are wanted a moment later, many at once; what does not reach them
 * is lost, and so are traces beyond `keptTracesMax` in one message. A process that routes without nodes elsewhere needs none of this, and it does no harm.
 */
export class NodeSpans implements Disposable {
  readonly #members: Pick<Members, 'all' | 'leavingReaders'>;
  readonly #limits: RouterLimits;
  readonly #wanted = new Map<string, Set<string>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(members: Pick<Members, 'all' | 'leavingReaders'>, limits: RouterLimits) {
    this.#members = members;
    this.#limits = limits;
  }

  /** These nodes (`host:port`) shall send what they hold of the trace to their exporter. */
  keep(traceId: string, nodes: readonly string[]): void {
    for (const node of nodes) {
      const traceIds = this.#wanted.get(node) ?? new Set();
      this.#wanted.set(node, traceIds);
      if (traceIds.size < this.#limits.keptTracesMax) traceIds.add(traceId);
    }
    this.#timer ??= setTimeout(() => this.#send(), this.#limits.keepTracesDelayMs).unref();
  }

  /** What these nodes hold of the trace, per node. Nodes that do not answer in time give nothing. */
  fetch(traceId: string, nodes: readonly string[]): Promise<readonly (readonly SpanRecord[])[]> {
    return Promise.all(
      nodes.map(async (node) => {
        const spans = await this.#ask(node, [traceId], false);
        return spans.map((json) => JSON.parse(json) as SpanRecord);
      }),
    );
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #send(): void {
    this.#timer = undefined;
    const wanted = [...this.#wanted];
    this.#wanted.clear();
    for (const [node, traceIds] of wanted) void this.#ask(node, [...traceIds], true);
  }

  async #ask(node: string, traceIds: string[], isExport: boolean): Promise<readonly string[]> {
    const timeoutMs = this.#limits.spansTimeoutMs;
    const context = { ...NO_CONTEXT, timeoutMs };
    try {
      const request = { context, traceIds, export: isExport };
      const answer = await this.#handleOf(node)?.shard.spans(request, AbortSignal.timeout(timeoutMs));
      return answer?.spansJson ?? [];
    } catch {
      return [];
    }
  }

  #handleOf(node: string): MemberHandle | undefined {
    const isAsked = ({ shard }: MemberHandle): boolean => shard.address === node;
    return this.#members.all().find(isAsked) ?? this.#members.leavingReaders().find(isAsked);
  }
}
