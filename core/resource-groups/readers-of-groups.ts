import { hashName, mixHashes, weightedScore } from '../hash-mix.ts';
import { DEFAULT_RESOURCE_GROUP, type ResourceGroupRecord, withDefaultGroup } from './resource-group.ts';

/** What of a reader decides which group it is in. */
export interface GroupedReader {
  readonly nodeId: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** How much rather a reader that nobody wants goes to a group that the default group names in `transferTo`. */
const TRANSFER_PREFERENCE = 100_000;

/**
 * The readers of each group, by its name; every reader is in exactly one. Pure: the same groups and readers give the same answer in every process, whatever was before,
 * so nobody has to coordinate. Milvus assigns nodes one after another as they come and stores that; the outcome keeps the same rules:
 *
 * - Each group gets the readers it requests, those with a filter first, then by name; where there are too few the last ones go short. A group chooses by rendezvous
 *   hashing, so a reader that comes or goes moves few others.
 * - Readers left over go to groups below their limits, in proportion to the room there; the default group has room for a million unless it is changed.
 * - Where no group has room they are in the default group all the same.
 * - `transferFrom` changes none of this: with no past there is no group that a reader would come from. It is kept and shown, and the groups that it names cannot be dropped.
 */
export function readersOfGroups<Reader extends GroupedReader>(
  stored: readonly ResourceGroupRecord[],
  readers: readonly Reader[],
): ReadonlyMap<string, readonly Reader[]> {
  const groups = withDefaultGroup(stored);
  const free = new Map<Reader, number>();
  for (const reader of byId(readers)) free.set(reader, hashName(reader.nodeId));
  const chosen = new Map<string, Reader[]>(groups.map((group) => [group.name, []]));
  for (const group of [...groups.filter(hasFilter), ...groups.filter((other) => !hasFilter(other))]) {
    for (const reader of bestReaders(group, free)) {
      free.delete(reader);
      chosen.get(group.name)!.push(reader);
    }
  }
  const preferred = groups.find(({ name }) => name === DEFAULT_RESOURCE_GROUP)!.config.transferTo;
  for (const [reader, hash] of free) chosen.get(roomiest(groups, preferred, chosen, reader, hash))!.push(reader);
  return new Map([...chosen].map(([name, members]) => [name, byId(members)]));
}

function byId<Reader extends GroupedReader>(readers: readonly Reader[]): readonly Reader[] {
  return [...readers].sort((left, right) => (left.nodeId < right.nodeId ? -1 : 1));
}

function bestReaders<Reader extends GroupedReader>(
  group: ResourceGroupRecord,
  free: ReadonlyMap<Reader, number>,
): readonly Reader[] {
  if (group.config.requests === 0) return [];
  const groupHash = hashName(group.name);
  return [...free]
    .filter(([reader]) => accepts(group, reader))
    .map(([reader, hash]) => ({ reader, score: mixHashes(hash, groupHash) }))
    .sort((left, right) => right.score - left.score)
    .slice(0, group.config.requests)
    .map(({ reader }) => reader);
}

function roomiest<Reader extends GroupedReader>(
  groups: readonly ResourceGroupRecord[],
  preferred: readonly string[],
  chosen: ReadonlyMap<string, readonly Reader[]>,
  reader: Reader,
  hash: number,
): string {
  let best = DEFAULT_RESOURCE_GROUP;
  let bestScore = 0;
  for (const group of groups) {
    const { name, config } = group;
    if (chosen.get(name)!.length >= config.limits || !accepts(group, reader)) continue;
    const room = (config.limits - config.requests) * (preferred.includes(name) ? TRANSFER_PREFERENCE : 1);
    const score = weightedScore(mixHashes(hash, hashName(name)), room);
    if (score <= bestScore) continue;
    best = name;
    bestScore = score;
  }
  return best;
}

function hasFilter({ config }: ResourceGroupRecord): boolean {
  return Object.keys(config.nodeLabels).length > 0;
}

function accepts({ config }: ResourceGroupRecord, reader: GroupedReader): boolean {
  return Object.entries(config.nodeLabels).every(([key, value]) => reader.labels?.[key] === value);
}
