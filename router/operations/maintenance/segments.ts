import { vectorFields } from '../../../core/schema/collection-schema.ts';
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
  /** Of a sealed one: of its files, which nodes map. */
  readonly memoryBytes: number;
  /** Names of the nodes that hold it in memory. */
  readonly nodeIds: readonly string[];
  /** The index of its first vector field, if there is one; growing segments have none. */
  readonly index: { readonly id: number; readonly name: string } | undefined;
}

/** Serves GetPersistentSegmentInfo (the sealed ones) and GetQuerySegmentInfo (those that a node holds). */
export async function segments(
  cluster: Cluster,
  context: RequestContext,
  input: SegmentsInput,
): Promise<readonly SegmentOutput[]> {
  const collection = await cluster.catalog.read((catalog) => catalog.collection(context.database, input.collection));
  const { id } = collection;
  const vectorIds = new Set(vectorFields(collection.schema).map((field) => field.id));
  const index = collection.indexes.find(({ fieldId }) => vectorIds.has(fieldId));
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
      index: isGrowing ? undefined : index,
    };
  });
}
