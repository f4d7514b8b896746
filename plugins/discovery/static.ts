import Type from 'typebox';
import { BraidError } from '../../core/errors.ts';
import { definePlugin } from '../plugin.ts';
import type { Discovery, Member } from './discovery.ts';
import { MemberFeed } from './member-feed.ts';

const address = (description: string) => Type.String({ pattern: '^[^/\\s]+:\\d{1,5}$', description });

const ReaderOption = Type.Union([
  address('host:port; also the id of the node'),
  Type.Object({
    address: address('host:port of the node protocol'),
    nodeId: Type.Optional(Type.String({ description: 'default: the address' })),
    zone: Type.Optional(Type.String()),
    weight: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    labels: Type.Optional(Type.Record(Type.String(), Type.String())),
  }),
]);

/**
 * A list in the settings. Names are not resolved here: they are when a node is connected to, every time anew, so that an address behind a name may change.
 * A node knows itself in the list by its id: `node.id` of a reader must be the entry's `nodeId` (by default its address).
 */
export default definePlugin({
  api: 1,
  kind: 'discovery',
  name: 'static',
  options: Type.Object({
    writer: Type.Optional(address('host:port of the writer')),
    readers: Type.Array(ReaderOption, { default: [], description: 'the readers' }),
  }),
  async open({ writer, readers }) {
    const members: Member[] = readers.map((reader) => {
      if (typeof reader === 'string') return { nodeId: reader, address: reader, roles: ['reader'] };
      return { ...reader, nodeId: reader.nodeId ?? reader.address, roles: ['reader'] };
    });
    if (writer) members.push({ nodeId: `writer-${writer}`, address: writer, roles: ['writer'] });
    refuseDoubles(members);
    return new StaticDiscovery(members);
  },
});

/** Two members of one id would be one place on the ring. */
function refuseDoubles(members: readonly Member[]): void {
  const ids = members.map((member) => member.nodeId);
  const double = ids.find((id, index) => ids.indexOf(id) !== index);
  if (double !== undefined) throw new BraidError('parameterInvalid', `the node id "${double}" is there twice`);
}

class StaticDiscovery implements Discovery {
  readonly #feed = new MemberFeed();

  constructor(members: readonly Member[]) {
    this.#feed.publish(members);
  }

  watch(signal: AbortSignal): AsyncIterable<readonly Member[]> {
    return this.#feed.watch(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#feed.close();
  }
}
