import type { V1Endpoint, V1EndpointSlice } from '@kubernetes/client-node';
import { joinAddress } from '../../../core/node-address.ts';
import type { Member, Role } from '../discovery.ts';

/** Labels of a slice with this prefix are Braid's: `braid/weight`, all others become labels of its members. */
const LABEL_PREFIX = 'braid/';
const WEIGHT_LABEL = `${LABEL_PREFIX}weight`;

export interface EndpointProblem {
  /** Name of the slice, or of the slice and the endpoint. */
  readonly where: string;
  readonly reason: string;
}

export interface EndpointMembers {
  readonly members: readonly Member[];
  readonly problems: readonly EndpointProblem[];
}

interface Candidate {
  readonly member: Member;
  readonly isReady: boolean;
}

/**
 * The members of one role, from all its slices. Ready endpoints count (those without the condition as well, as Kubernetes wants it). One that terminates but still serves counts only while none
 * is ready: the rule by which Kubernetes itself routes. An endpoint in several slices (moved between them, or with IPv4 and IPv6) is one member: ready before not, IPv4 before
 * IPv6, then by the name of the slice.
 *
 * A member's id is the name of its pod: the same after a restart where a StatefulSet made it. Zone and address come from the endpoint, weight and labels from the slice.
 */
export function endpointMembers(slices: Iterable<V1EndpointSlice>, role: Role, portName: string): EndpointMembers {
  const candidates = new Map<string, Candidate>();
  const problems: EndpointProblem[] = [];
  for (const slice of [...slices].sort(byFamilyAndName)) {
    const sliceName = slice.metadata?.name ?? '';
    const endpoints = slice.endpoints ?? [];
    if (endpoints.length === 0) continue;
    const port = portOf(slice, portName);
    if (port === undefined) {
      problems.push({ where: sliceName, reason: `it has no port named "${portName}"` });
      continue;
    }
    const weight = weightOf(slice);
    if (Number.isNaN(weight))
      problems.push({ where: sliceName, reason: `its label ${WEIGHT_LABEL} is not a number above 0: 1 is taken` });
    const labels = labelsOf(slice);
    for (const endpoint of endpoints) {
      const isReady = endpoint.conditions?.ready ?? true;
      if (!isReady && !isServingToTheEnd(endpoint)) continue;
      // The addresses of an endpoint are interchangeable: Kubernetes says to take the first.
      const address = joinAddress(endpoint.addresses[0]!, port);
      const nodeId = endpoint.targetRef?.name ?? endpoint.hostname ?? address;
      if (candidates.get(nodeId)?.isReady ?? (candidates.has(nodeId) && !isReady)) continue;
      const member: Member = {
        nodeId,
        address,
        roles: [role],
        ...(endpoint.zone && { zone: endpoint.zone }),
        ...(weight !== undefined && !Number.isNaN(weight) && { weight }),
        ...(labels && { labels }),
      };
      candidates.set(nodeId, { member, isReady });
    }
  }
  const all = [...candidates.values()];
  const ready = all.filter(({ isReady }) => isReady);
  return { members: (ready.length > 0 ? ready : all).map(({ member }) => member), problems };
}

function byFamilyAndName(left: V1EndpointSlice, right: V1EndpointSlice): number {
  const key = ({ addressType, metadata }: V1EndpointSlice): string => `${addressType} ${metadata?.name}`;
  return key(left) < key(right) ? -1 : 1;
}

function isServingToTheEnd({ conditions }: V1Endpoint): boolean {
  return conditions?.terminating === true && conditions.serving === true;
}

function portOf({ ports = [] }: V1EndpointSlice, name: string): number | undefined {
  const named = ports.find((port) => port.name === name);
  if (named) return named.port;
  return ports.length === 1 && !ports[0]!.name ? ports[0]!.port : undefined;
}

function weightOf({ metadata }: V1EndpointSlice): number | undefined {
  const text = metadata?.labels?.[WEIGHT_LABEL];
  if (text === undefined) return undefined;
  const weight = Number(text);
  return weight > 0 && Number.isFinite(weight) ? weight : Number.NaN;
}

function labelsOf({ metadata }: V1EndpointSlice): Record<string, string> | undefined {
  const own = Object.entries(metadata?.labels ?? {}).filter(
    ([name]) => name.startsWith(LABEL_PREFIX) && name !== WEIGHT_LABEL,
  );
  if (own.length === 0) return undefined;
  return Object.fromEntries(own.map(([name, value]) => [name.slice(LABEL_PREFIX.length), value]));
}
