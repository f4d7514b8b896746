import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, describe, inject } from 'vitest';
import { MilvusServiceService } from '../../../proto/generated/milvus/service.ts';
import { NOT_SUPPORTED } from './answers.ts';
import { CallRecorder } from './call-recorder.ts';
import type { SharedDeployment } from './start-deployments.ts';

export interface GrpcAnswer {
  /** Of gRPC; undefined where there is an answer. */
  readonly error?: ServiceError;
  readonly code?: number;
  readonly reason?: string;
  /** The whole answer, as the generated code decodes it. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look at whatever the server has sent.
  readonly message?: any;
}

/** What a chapter about calls that no SDK makes has. */
export interface Grpc {
  readonly deployment: SharedDeployment;
  /** Calls with an encoded request; an empty one is a valid message of every call. */
  call(rpc: string, request?: Uint8Array): Promise<GrpcAnswer>;
}

interface Unary {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly responseDeserialize: (bytes: Buffer) => unknown;
}

/** One chapter over gRPC without an SDK: on one process and on the cluster. */
export function grpcChapter(title: string, body: (grpc: Grpc) => void): void {
  describe(title, () => {
    for (const deployment of inject('sdkDeployments')) {
      describe(`gRPC, ${deployment.name}`, () => {
        const recorder = new CallRecorder();
        let client: Client;
        beforeAll(() => {
          client = new Client(deployment.address, credentials.createInsecure());
        });
        afterEach(({ task }) => {
          Object.assign(task.meta, { calls: recorder.take() });
        });
        afterAll(() => client.close());
        body({
          deployment,
          async call(rpc, request = Buffer.of()) {
            const answer = await callRpc(client, rpc, request);
            if (answer.code !== undefined) recorder.note(rpc, answer.code);
            else if (answer.error?.code === status.UNIMPLEMENTED) recorder.note(rpc, NOT_SUPPORTED);
            return answer;
          },
        });
      });
    }
  });
}

function callRpc(client: Client, rpc: string, request: Uint8Array): Promise<GrpcAnswer> {
  const definition = Object.values(MilvusServiceService).find(({ path }) => path.endsWith(`/${rpc}`)) as Unary;
  const { path, responseDeserialize } = definition;
  const serialize = (bytes: Buffer) => bytes;
  return new Promise((resolve) => {
    if (definition.requestStream || definition.responseStream) {
      const stream = client.makeServerStreamRequest(path, serialize, responseDeserialize, Buffer.from(request));
      stream.on('error', (error) => resolve({ error: error as ServiceError }));
      stream.on('data', () => resolve({ code: 0 }));
      return;
    }
    client.makeUnaryRequest(path, serialize, responseDeserialize, Buffer.from(request), (error, answer) => {
      if (error) return resolve({ error });
      const { status: inside = answer } = answer as { status?: unknown };
      resolve({ ...(inside as GrpcAnswer), message: answer });
    });
  });
}
