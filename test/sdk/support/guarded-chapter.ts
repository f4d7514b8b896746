import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MilvusClient } from '@zilliz/milvus2-sdk-node';
import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { parse } from 'yaml';
import { freePort } from '../../../examples/debian-packages/processes.ts';
import { DEPLOYMENTS, type Deployment } from '../../e2e/deployments.ts';
import { post, type RestReply } from '../../e2e/rest-client.ts';
import { CallRecorder } from './call-recorder.ts';
import { connectNodeSdk, type NodeLine } from './node-sdk.ts';

const START_ATTEMPTS = 3;
const START_TIMEOUT_MS = 180_000;
export const ROOT_PASSWORD = 'a password for tests';

/** A deployment that asks its callers who they are. */
export interface Guarded {
  readonly deployment: Deployment;
  /** host:port of the router's management port. */
  readonly management: string;
  /** Signed in as root. */
  readonly root: MilvusClient;
  /** Closed at the end of the chapter. Rejects where the server lets nobody in by this name. */
  signIn(username: string, password: string, line?: NodeLine, address?: string): Promise<MilvusClient>;
  /** REST, with `Authorization: Bearer user:password`. */
  post(user: string, path: string, body?: object): Promise<RestReply>;
}

/** One process and a cluster, by their names: started before the first test of the file that asks for them, stopped after the last. */
export function guardedDeployments(): ReadonlyMap<string, Deployment> {
  const started = new Map<string, Deployment>();
  beforeAll(async () => {
    for (const { name, start } of DEPLOYMENTS) {
      started.set(name, await start({ security: { authorizationEnabled: true, rootPassword: ROOT_PASSWORD } }));
    }
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    for (const deployment of started.values()) await deployment[Symbol.asyncDispose]();
  }, START_TIMEOUT_MS);
  return started;
}

/** One chapter on these deployments. Titles are those that docs/compatibility.md is made from. */
export function guardedChapter(
  title: string,
  client: string,
  deployments: ReadonlyMap<string, Deployment>,
  body: (guarded: Guarded) => void,
): void {
  describe(title, () => {
    for (const { name } of DEPLOYMENTS) {
      describe(`${client}, ${name}`, () => {
        const recorder = new CallRecorder();
        const clients: MilvusClient[] = [];

        const guarded: Guarded = {
          get deployment() {
            return deployments.get(name)!;
          },
          get management() {
            return `127.0.0.1:${guarded.deployment.processes.started.at(-1)!.managementPort}`;
          },
          get root() {
            return clients[0]!;
          },
          async signIn(username, password, line = '3.0', address = guarded.deployment.address) {
            const options = { address, username, password };
            const signedIn = await connectNodeSdk(line, options, recorder);
            clients.push(signedIn);
            return signedIn;
          },
          async post(user, path, request = {}) {
            const reply = await post(guarded.deployment.address, path, request, { authorization: `Bearer ${user}` });
            if (reply.status === 200) recorder.note(`POST ${path}`, reply.code);
            return reply;
          },
        };

        beforeAll(async () => {
          await guarded.signIn('root', ROOT_PASSWORD);
        });

        afterEach(({ task }) => {
          Object.assign(task.meta, { calls: recorder.take() });
        });

        afterAll(async () => {
          for (const each of clients) await each.closeConnection();
        });

        body(guarded);
      });
    }
  });
}

/** Starts one more router beside that of a cluster; its address. Undefined for one process. */
export async function secondRouter({ processes }: Deployment): Promise<string | undefined> {
  const first = processes.started.find(({ role }) => role === 'router');
  if (!first) return undefined;
  const { management: _, ...settings } = parse(readFileSync(first.configFile, 'utf8'));
  for (let attempt = 1; ; attempt++) {
    const name = `router-2-${attempt}`;
    const port = await freePort();
    const own = { ...settings, dataFolder: join(processes.folder, name), router: { port } };
    try {
      await processes.start(name, 'router', own);
      return `127.0.0.1:${port}`;
    } catch (error) {
      if (attempt === START_ATTEMPTS || !String(error).includes('EADDRINUSE')) throw error;
    }
  }
}
