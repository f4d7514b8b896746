import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CatalogCommand } from '../../../core/catalog-commands.ts';
import { systemClock } from '../../../core/clock.ts';
import type { BraidError } from '../../../core/errors.ts';
import { openWriterNode, type WriterDependencies, type WriterNode } from '../../../node/writer/writer-node.ts';
import { WRITER_DEFAULTS, type WriterSettings } from '../../../node/writer/writer-settings.ts';
import fileLog from '../../../plugins/log/file.ts';
import type { WriteAheadLog } from '../../../plugins/log/log.ts';
import type { MetadataStore } from '../../../plugins/metadata/metadata.ts';
import sqlite from '../../../plugins/metadata/sqlite.ts';
import type { PluginHost, PluginLogger } from '../../../plugins/plugin.ts';
import localStorage from '../../../plugins/storage/local.ts';
import type { ObjectStorage } from '../../../plugins/storage/storage.ts';

/** The plugins of one writer, real ones in a folder; a wrapper may stand in front of each. */
export interface WriterParts {
  readonly metadata: MetadataStore;
  readonly log: WriteAheadLog;
  readonly storage: ObjectStorage;
}

export interface TestWriterOptions {
  readonly settings?: Partial<WriterSettings>;
  readonly wrap?: (parts: WriterParts) => WriterParts;
  readonly nodeId?: string;
  /** The writer's own folder, when several share the rest. */
  readonly dataFolder?: string;
  readonly dependencies?: Partial<WriterDependencies>;
}

/** A writer on real plugins, with what it takes to close and to open it again. */
export interface TestWriter extends AsyncDisposable {
  readonly node: WriterNode;
  readonly parts: WriterParts;
  readonly fatal: BraidError[];
  catalog(command: CatalogCommand): Promise<Record<string, unknown>>;
}

export const NEVER = new AbortController().signal;
export const CONTEXT = { requestId: 'test', traceparent: '', timeoutMs: 20_000 };

export const quietLogger: PluginLogger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: (fields, message) => {
    if (process.env['BRAID_TEST_LOG']) console.error(message, fields);
  },
};

export const TEST_SETTINGS: WriterSettings = {
  ...WRITER_DEFAULTS,
  leaseTtlMs: 2_000,
  retentionMs: 1_000,
  compactionEnabled: false,
  garbageGraceMs: 60_000,
};

export async function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'braid-writer-'));
}

export async function openParts(folder: string): Promise<WriterParts> {
  await mkdir(folder, { recursive: true });
  const host: PluginHost = { logger: quietLogger, dataFolder: folder, configFolder: folder, signal: NEVER };
  return {
    metadata: await sqlite.open({}, host),
    log: await fileLog.open({ path: 'wal', shared: false, fileBytes: 1024 * 1024 }, host),
    storage: await localStorage.open({ path: 'objects' } as never, host),
  };
}

export async function closeParts(parts: WriterParts): Promise<void> {
  await parts.log[Symbol.asyncDispose]();
  await parts.storage[Symbol.asyncDispose]();
  await parts.metadata[Symbol.asyncDispose]();
}

export async function openTestWriter(folder: string, options: TestWriterOptions = {}): Promise<TestWriter> {
  const opened = await openParts(folder);
  const parts = options.wrap?.(opened) ?? opened;
  const fatal: BraidError[] = [];
  const opening = openWriterNode({
    nodeId: options.nodeId ?? 'writer-1',
    address: 'local',
    dataFolder: options.dataFolder ?? folder,
    ...parts,
    clock: systemClock,
    logger: quietLogger,
    settings: { ...TEST_SETTINGS, ...options.settings },
    signal: NEVER,
    onFatal: (error) => fatal.push(error),
    ...options.dependencies,
  });
  const node = await opening.catch(async (error) => {
    await closeParts(opened);
    throw error;
  });
  return {
    node,
    parts,
    fatal,
    catalog: (command) => runCommand(node, command),
    [Symbol.asyncDispose]: async () => {
      await node[Symbol.asyncDispose]();
      await closeParts(opened);
    },
  };
}

export async function runCommand(node: WriterNode, command: CatalogCommand): Promise<Record<string, unknown>> {
  const json = JSON.stringify(command, (_key, value) => (typeof value === 'bigint' ? { $bigint: `${value}` } : value));
  const commandJson = new TextEncoder().encode(json);
  const { resultJson } = await node.catalog({ context: CONTEXT, commandJson }, NEVER);
  return JSON.parse(new TextDecoder().decode(resultJson));
}

export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
