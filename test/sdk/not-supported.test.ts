import { status } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { REFUSES } from './compatibility/evidence.ts';
import { NOT_SUPPORTED } from './support/answers.ts';
import { feature } from './support/chapter.ts';
import { grpcChapter } from './support/grpc-chapter.ts';

/** What a server may do without: each feature with its calls. */
const REFUSED: Readonly<Record<string, readonly string[]>> = {
  'External collections': [
    'RefreshExternalCollection',
    'GetRefreshExternalCollectionProgress',
    'ListRefreshExternalCollectionJobs',
    'ExportSnapshot',
    'RestoreExternalSnapshot',
    'BatchUpdateManifest',
  ],
  'File resources': ['AddFileResource', 'RemoveFileResource', 'ListFileResources'],
  Namespaces: [
    'CreateNamespace',
    'DescribeNamespace',
    'ListNamespaces',
    'DropNamespace',
    'HasNamespace',
    'GetNamespaceStats',
  ],
  Prewarming: ['Prewarm', 'DescribePrewarmTask'],
  'Replication between clusters': ['ReplicateMessage', 'UpdateReplicateConfiguration', 'GetReplicateConfiguration'],
  'Row policies and user tags': [
    'AddUserTags',
    'DeleteUserTags',
    'GetUserTags',
    'ListUsersWithTag',
    'CreateRowPolicy',
    'DropRowPolicy',
    'ListRowPolicies',
  ],
  'Calls of old servers': ['CalcDistance', 'ListIndexedSegment', 'DescribeSegmentIndexData', 'RegisterLink'],
  Snapshots: [
    'CreateSnapshot',
    'DropSnapshot',
    'ListSnapshots',
    'DescribeSnapshot',
    'RestoreSnapshot',
    'GetRestoreSnapshotState',
    'ListRestoreSnapshotJobs',
    'PinSnapshotData',
    'UnpinSnapshotData',
  ],
};

/** Streams and answers without a status, and a call whose clients try another one where it is not implemented: their refusal is one of gRPC. */
const REFUSED_BY_GRPC: Readonly<Record<string, readonly string[]>> = {
  'Replication between clusters': ['GetReplicateInfo', 'CreateReplicateStream', 'DumpMessages'],
  'Calls of old servers': ['Dummy'],
};

grpcChapter('Not supported', (grpc) => {
  feature.each(Object.entries(REFUSED))('%s', (_, rpcs) => {
    test.each(rpcs.map((rpc) => [rpc]))(`${REFUSES} %s`, async (rpc) => {
      expect(await grpc.call(rpc)).toMatchObject({
        code: NOT_SUPPORTED,
        reason: expect.stringMatching(`${rpc} is not supported`),
      });
    });
  });

  feature.each(Object.entries(REFUSED_BY_GRPC))('%s', (_, rpcs) => {
    test.each(rpcs.map((rpc) => [rpc]))(`${REFUSES} %s`, async (rpc) => {
      const { error } = await grpc.call(rpc);
      expect(error).toMatchObject({
        code: status.UNIMPLEMENTED,
        details: expect.stringMatching(`${rpc} is not supported`),
      });
    });
  });
});
