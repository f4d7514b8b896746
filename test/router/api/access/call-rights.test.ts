import { describe, expect, test } from 'vitest';
import { levelOfPrivilege } from '../../../../core/access/privileges.ts';
import { MilvusServiceService } from '../../../../proto/generated/milvus/service.ts';
import { CALL_RIGHTS, RPC_OF_PATH, rightOfPath } from '../../../../router/api/access/call-rights.ts';
import { ENDPOINTS } from '../../../../router/api/rest/rest-server.ts';
import { UNSUPPORTED_PATHS } from '../../../../router/api/rest/unsupported-paths.ts';

describe('what a call needs', () => {
  test('every call of the service is in the table', () => {
    expect(Object.keys(CALL_RIGHTS).sort()).toEqual(Object.keys(MilvusServiceService).sort());
  });

  test('every path of REST is in the table, and nothing else', () => {
    expect(Object.keys(RPC_OF_PATH).sort()).toEqual(ENDPOINTS.map(({ path }) => path).sort());
  });

  test('what is not known is for admins', () => {
    for (const path of [...UNSUPPORTED_PATHS, 'constructor', 'toString', '']) {
      expect(rightOfPath(path)).toEqual({ kind: 'admin' });
    }
  });

  test('every privilege is one that can be granted, on what it is asked for', () => {
    for (const right of Object.values(CALL_RIGHTS)) {
      if (right.kind === 'nothing' || right.kind === 'admin') continue;
      const level = levelOfPrivilege(right.privilege);
      const isOfCollections = right.kind === 'collections' || right.kind === 'anywhere';
      if (isOfCollections) expect([right.privilege, level]).toEqual([right.privilege, 'Collection']);
      else expect([right.privilege, level]).toEqual([right.privilege, expect.stringMatching('Cluster|Database')]);
    }
  });

  test('nothing is needed only by what this list says', () => {
    const free = Object.entries(CALL_RIGHTS).filter(([, { kind }]) => kind === 'nothing');
    expect(free.map(([rpc]) => rpc).sort()).toEqual([
      'allocTimestamp',
      'batchDescribeCollection',
      'checkHealth',
      'computePhraseMatchSlop',
      'connect',
      'describeCollection',
      'getComponentStates',
      'getFlushAllState',
      'getMetrics',
      'getVersion',
      'hasCollection',
      'listAliases',
      'listDatabases',
      'runAnalyzer',
      'showCollections',
    ]);
  });
});
