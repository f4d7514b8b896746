import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';

export interface SegmentsInput {
  readonly collection: string;
}

export interface SegmentOutput {
  readonly segmentId: number;
  readonly collectionId: number;
  readonly partitionId: number;
  readonly rowCount: number;
  readonly state: 'growing' | 'sealed';
  readonly memoryBytes: number;
  /** Names of the nodes that hold it in memory. */
  readonly nodeIds: readonly string[];
}

/** Serves GetPersistentSegmentInfo (the sealed ones) and GetQuerySegmentInfo (those that a node holds). */
export async function segments(
  cluster: Cluster,
  context: RequestContext,
  input: SegmentsInput,
): Promise<readonly SegmentOutput[]> {
  const { id } = await cluster.catalog.read((catalog) => catalog.collection(context.database, input.collection));
  const writer = cluster.members.writer();
  const { segments: known } = await cluster.writer.statistics(context, id, []);
  const readers = cluster.members.readers();
  return known.map((segment) => {
    const { segmentId, partitionId, rowCount, memoryBytes } = segment;
    const isGrowing = segment.state === 'growing';
    const holders = isGrowing ? [writer] : readers.filter((reader) => reader.readySegments(id).has(segmentId));
    const nodeIds = holders.flatMap((handle) => (handle ? [handle.member.nodeId] : []));
    return {
      segmentId,
      collectionId: id,
      partitionId,
      rowCount,
      state: isGrowing ? 'growing' : 'sealed',
      memoryBytes,
      nodeIds,
    };
  });
}
