import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import Type, { type Static } from 'typebox';
import { durationMs } from '../../config/setting-types.ts';
import { BraidError } from '../../core/errors.ts';
import { splitAddress } from '../../core/node-address.ts';
import { definePlugin } from '../plugin.ts';
import type { Member } from './discovery.ts';
import { listedMember, memberAddress, refuseDoubles } from './listed-member.ts';
import { NamesDiscovery } from './names-discovery.ts';
import { ResolvedName } from './resolved-name.ts';

const ReaderOption = Type.Union([memberAddress('host:port; also the id of the node'), Type.Object(listedMember)]);

/**
 * A list in the settings. Without `resolve` an entry is one node, whatever its name stands for at the moment: names are resolved when a node is connected to, every time anew. With
 * it an entry is every address of its name, asked for again and again as the system does (/etc/hosts included): for names of services, whose nodes come and go.
 *
 * A node knows itself in the list by its id (`node.id` of a reader is the entry's `nodeId`, by default its address), or by its address (`node.advertise`).
 */
export default definePlugin({
  api: 1,
  kind: 'discovery',
  name: 'static',
  options: Type.Object({
    writer: Type.Optional(memberAddress('host:port of the writer')),
    readers: Type.Array(ReaderOption, { default: [], description: 'the readers' }),
    resolve: Type.Boolean({
      default: false,
      description: 'Whether a name stands for all of its addresses, each a node whose id is its address with the port.',
    }),
    resolveIntervalMs: durationMs({
      default: 5_000,
      minimum: 10,
      description: 'With resolve: pause between two looks at a name.',
    }),
  }),
  async open({ writer, readers, resolve, resolveIntervalMs }, { logger }) {
    const members = readers.map(readerMember);
    if (writer) members.push({ nodeId: `writer-${writer}`, address: writer, roles: ['writer'] });
    refuseDoubles(members);
    if (!resolve) return new NamesDiscovery([], members, logger);
    const fixed = members.filter(({ address }) => isIP(splitAddress(address).host) > 0);
    const questions = members
      .filter((member) => !fixed.includes(member))
      .map((member) => {
        if (member.nodeId !== member.address && !member.roles.includes('writer')) {
          throw new BraidError(
            'parameterInvalid',
            `${member.address} has the node id "${member.nodeId}", but with resolve a name may stand for several nodes`,
          );
        }
        return new ResolvedName(member, {
          lookup: (name) => lookup(name, { all: true }),
          intervalMs: resolveIntervalMs,
        });
      });
    return new NamesDiscovery(questions, fixed, logger);
  },
});

function readerMember(reader: Static<typeof ReaderOption>): Member {
  if (typeof reader === 'string') return { nodeId: reader, address: reader, roles: ['reader'] };
  return { ...reader, nodeId: reader.nodeId ?? reader.address, roles: ['reader'] };
}
