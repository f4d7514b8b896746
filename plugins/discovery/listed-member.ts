import Type from 'typebox';
import { BraidError } from '../../core/errors.ts';
import type { Member } from './discovery.ts';

/** host:port of the node protocol. */
export const memberAddress = (description: string) => Type.String({ pattern: '^[^/\\s]+:\\d{1,5}$', description });

/** Properties of a member that a person writes into a list; its roles are said in the list's own way. */
export const listedMember = {
  address: memberAddress('host:port of the node protocol'),
  nodeId: Type.Optional(Type.String({ description: 'default: the address' })),
  zone: Type.Optional(Type.String()),
  weight: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
  labels: Type.Optional(Type.Record(Type.String(), Type.String())),
};

/** Two members of one id would be one place on the ring. `list` begins the message. */
export function refuseDoubles(members: readonly Member[], list = ''): void {
  const ids = members.map((member) => member.nodeId);
  const double = ids.find((id, index) => ids.indexOf(id) !== index);
  if (double !== undefined) throw new BraidError('parameterInvalid', `${list}the node id "${double}" is there twice`);
}
