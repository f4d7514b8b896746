import { expect, test } from 'vitest';
import {
  AlterRoleRequest,
  CreateRoleRequest,
  DropRoleRequest,
  SelectRoleRequest,
} from '../../proto/generated/milvus/access.ts';
import { ComputePhraseMatchSlopRequest } from '../../proto/generated/milvus/analyzer.ts';
import { HasCollectionRequest } from '../../proto/generated/milvus/collection.ts';
import { StateCode } from '../../proto/generated/milvus/common.ts';
import { feature, uniqueName } from './support/chapter.ts';
import { grpcChapter } from './support/grpc-chapter.ts';

/** Calls that the SDKs of this suite do not make, and others do. */

grpcChapter('Collections', (grpc) => {
  feature('has', () => {
    test('what is not there is no error', async () => {
      const request = HasCollectionRequest.encode(HasCollectionRequest.create({ collectionName: 'nobody' })).finish();
      const { code, message } = await grpc.call('HasCollection', request);
      expect([code, message.value]).toEqual([0, false]);
    });
  });
});

grpcChapter('Health and metrics', (grpc) => {
  feature('states of components', () => {
    test('are healthy', async () => {
      const { code, message } = await grpc.call('GetComponentStates');
      expect([code, message.state.stateCode]).toEqual([0, StateCode.Healthy]);
    });
  });
});

grpcChapter('Consistency', (grpc) => {
  feature('timestamps for clients', () => {
    test('grow', async () => {
      const first = await grpc.call('AllocTimestamp');
      const second = await grpc.call('AllocTimestamp');
      expect([first.code, second.code]).toEqual([0, 0]);
      expect(second.message.timestamp).toBeGreaterThan(first.message.timestamp);
    });
  });
});

grpcChapter('Users, roles and privileges', (grpc) => {
  feature('roles', () => {
    test('a description is altered', async () => {
      const roleName = uniqueName('role');
      const create = CreateRoleRequest.create({ entity: { name: roleName, description: 'first' } });
      expect((await grpc.call('CreateRole', CreateRoleRequest.encode(create).finish())).code).toBe(0);
      const alter = AlterRoleRequest.create({ roleName, description: 'second' });
      expect((await grpc.call('AlterRole', AlterRoleRequest.encode(alter).finish())).code).toBe(0);
      const select = SelectRoleRequest.create({ role: { name: roleName } });
      const { message } = await grpc.call('SelectRole', SelectRoleRequest.encode(select).finish());
      expect(message.results[0].role).toMatchObject({ name: roleName, description: 'second' });
      const drop = DropRoleRequest.create({ roleName });
      expect((await grpc.call('DropRole', DropRoleRequest.encode(drop).finish())).code).toBe(0);
    });
  });
});

grpcChapter('Full-text search', (grpc) => {
  feature('slops of phrase matches', () => {
    const slopsOf = async (request: Partial<ComputePhraseMatchSlopRequest>) => {
      const bytes = ComputePhraseMatchSlopRequest.encode(ComputePhraseMatchSlopRequest.create(request)).finish();
      return grpc.call('ComputePhraseMatchSlop', bytes);
    };

    test('the smallest with which phrase_match finds each text', async () => {
      const dataTexts = ['keep user data', 'data of a user', 'the user and the data', 'user user x data', 'users only'];
      const { code, message } = await slopsOf({ queryText: 'user data', dataTexts });
      expect([code, message.isMatch, message.slops]).toEqual([
        0,
        [true, true, true, true, false],
        [0n, 4n, 2n, 1n, -1n],
      ]);
    });

    test('the analyzer is taken, a wrong one refused', async () => {
      const request = { queryText: 'running dogs', dataTexts: ['a dog that runs', 'dogs'] };
      const stemmed = await slopsOf({ ...request, analyzerParams: '{"type": "english"}' });
      expect([stemmed.message.isMatch, stemmed.message.slops]).toEqual([
        [true, false],
        [3n, -1n],
      ]);
      const wrong = await slopsOf({ ...request, analyzerParams: '{"tokenizer": "none"}' });
      expect(wrong).toMatchObject({ code: 1100, message: { status: { reason: expect.stringMatching(/tokenizer/) } } });
    });

    test('an empty phrase has no answers', async () => {
      const { code, message } = await slopsOf({ queryText: '', dataTexts: ['x'] });
      expect([code, message.isMatch, message.slops]).toEqual([0, [], []]);
    });
  });
});
