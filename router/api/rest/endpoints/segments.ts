import Type from 'typebox';
import { BraidError } from '../../../../core/errors.ts';
import { Name } from '../codec/bodies.ts';
import { answer, type Endpoint, endpoint } from '../endpoint.ts';

const Id = Type.Union([Type.String(), Type.Number(), Type.BigInt()]);
const SegmentsBody = Type.Object({
  collectionName: Type.Optional(Name),
  collectionID: Type.Optional(Id),
  segmentIDs: Type.Optional(Type.Array(Id)),
});

export const segmentEndpoints: readonly Endpoint[] = [
  endpoint('segments/describe', SegmentsBody, async ({ collectionName, collectionID, segmentIDs }, call) => {
    const { operations, context } = call;
    if (collectionName === undefined && collectionID === undefined) {
      throw new BraidError('restParameterMissing', 'missing required parameters: collectionName or collectionID');
    }
    const name = collectionName ?? '';
    const { collection } = await operations.describeCollection(context, { name, id: Number(collectionID ?? 0) });
    const segments = await operations.segments(context, { collection: collection.name });
    const wanted = segmentIDs && new Set(segmentIDs.map(Number));
    return answer({
      segmentInfos: segments
        .filter(({ segmentId }) => wanted?.has(segmentId) ?? true)
        .map((segment) => ({
          segmentID: segment.segmentId,
          collectionID: segment.collectionId,
          partitionID: segment.partitionId,
          numRows: segment.rowCount,
          state: segment.state === 'sealed' ? 'Flushed' : 'Growing',
          level: 'L1',
          isSorted: segment.state === 'sealed',
          memSize: segment.memoryBytes,
          indexName: segment.index?.name ?? '',
        })),
    });
  }),
];
