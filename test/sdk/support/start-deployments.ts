import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { DEPLOYMENTS } from '../../e2e/deployments.ts';

/** A running Braid that all chapters share. */
export interface SharedDeployment {
  readonly name: string;
  /** host:port of its gRPC and REST. */
  readonly address: string;
  /** Root of the storage that its processes read and write: files to import are put here. */
  readonly storageFolder: string;
  /** host:port with /healthz and /metrics of the process that has the router. */
  readonly managementAddress: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    sdkDeployments: readonly SharedDeployment[];
  }
}

/** Vitest runs it once, before the first chapter: one process and a cluster of processes serve the whole conformance suite. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'braid-sdk-'));
  const started = await Promise.all(
    DEPLOYMENTS.map(async ({ name, start }, i) => {
      const storageFolder = join(folder, `storage-${i}`);
      const running = await start({ storage: { use: 'local', with: { path: storageFolder } } });
      return { name, storageFolder, running };
    }),
  );
  project.provide(
    'sdkDeployments',
    started.map(({ name, storageFolder, running: { address, processes } }) => ({
      name,
      address,
      storageFolder,
      managementAddress: `127.0.0.1:${processes.started.at(-1)!.managementPort}`,
    })),
  );
  return async () => {
    for (const { running } of started) await running[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  };
}
