import { afterEach, describe, inject } from 'vitest';
import { post, type RestReply } from '../../e2e/rest-client.ts';
import { CallRecorder } from './call-recorder.ts';
import type { SharedDeployment } from './start-deployments.ts';

/** What a chapter over plain HTTP has. */
export interface Rest {
  readonly deployment: SharedDeployment;
  /** POST to a path below `/v2/vectordb/`. A text is sent as it is, anything else as its JSON. */
  post(path: string, body?: object | string, headers?: Readonly<Record<string, string>>): Promise<RestReply>;
}

/** One chapter of the conformance suite over REST v2: its tests run on one process and on the cluster. */
export function httpChapter(title: string, body: (rest: Rest) => void): void {
  describe(title, () => {
    for (const deployment of inject('sdkDeployments')) {
      describe(`HTTP, ${deployment.name}`, () => {
        const recorder = new CallRecorder();
        afterEach(({ task }) => {
          Object.assign(task.meta, { calls: recorder.take() });
        });
        body({
          deployment,
          async post(path, request, headers) {
            const reply = await post(deployment.address, path, request, headers);
            if (reply.status === 200) recorder.note(`POST ${path}`, reply.code);
            return reply;
          },
        });
      });
    }
  });
}
