import { expect, test } from 'vitest';
import type { SpansRequest, SpansResponse } from '../../../proto/generated/node.ts';
import type { MemberHandle } from '../../../router/cluster/member-handle.ts';
import { NodeSpans } from '../../../router/cluster/node-spans.ts';
import { ROUTER_LIMITS } from '../../../router/limits.ts';

type Answer = (request: SpansRequest) => Promise<SpansResponse>;

function spansOf(nodes: Readonly<Record<string, Answer>>, limits = {}): NodeSpans {
  const handles = Object.entries(nodes).map(([address, spans]) => ({ shard: { address, spans } }));
  const members = { all: () => handles as unknown as readonly MemberHandle[], leavingReaders: () => [] };
  return new NodeSpans(members, { ...ROUTER_LIMITS, keepTracesDelayMs: 1, ...limits });
}

test('one message names the traces that a node shall keep, as many as one may', async () => {
  const asked = Promise.withResolvers<SpansRequest>();
  const nodes = {
    'a:1': async (request: SpansRequest) => {
      asked.resolve(request);
      return { spansJson: [] };
    },
  };
  using spans = spansOf(nodes, { keptTracesMax: 2 });
  spans.keep('one', ['a:1', 'gone:1']);
  spans.keep('two', ['a:1']);
  spans.keep('two', ['a:1']);
  spans.keep('three', ['a:1']);
  expect(await asked.promise).toMatchObject({ traceIds: ['one', 'two'], export: true });
});

test('spans are fetched of the nodes that answer', async () => {
  const nodes = {
    'a:1': async ({ traceIds }: SpansRequest) => ({ spansJson: [JSON.stringify({ id: traceIds[0] })] }),
    'b:1': () => Promise.reject(new Error('down')),
  };
  using spans = spansOf(nodes);
  expect(await spans.fetch('t', ['a:1', 'b:1', 'gone:1'])).toEqual([[{ id: 't' }], [], []]);
});
