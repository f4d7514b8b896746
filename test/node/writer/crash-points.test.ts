import { cp } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { FailingParts } from './fakes/failing-parts.ts';
import { countAll, createCollection, deleteIds, insert, queryAll, type Row, rowsFrom } from './rows.ts';
import {
  CONTEXT,
  NEVER,
  openTestWriter,
  removeFolder,
  type TestWriter,
  temporaryFolder,
  type WriterParts,
} from './test-writer.ts';
import { readViewRows, streamedDeletes, streamStart } from './view-reader.ts';

const SETTINGS = { segmentRowsMax: 40, compactionSegmentsMin: 2, leaseTtlMs: 5_000 };

/** Writes, and what they must come to: each as acknowledged, or under way when the crash came. */
class Script {
  readonly rows = new Map<bigint, bigint>();
  underWay: { readonly rows: readonly Row[]; readonly deleted: readonly bigint[] } | undefined;
  readonly #writer: TestWriter;
  readonly #collectionId: number;
  readonly #partitionId: number;

  constructor(writer: TestWriter, collectionId: number, partitionId: number) {
    this.#writer = writer;
    this.#collectionId = collectionId;
    this.#partitionId = partitionId;
  }

  async run(signal: AbortSignal): Promise<void> {
    const context = { ...CONTEXT, timeoutMs: 3_000 };
    const flush = { context, collectionIds: [this.#collectionId] };
    await this.#insert(rowsFrom(0, 30));
    await this.#insert(rowsFrom(10, 5, 2), true);
    await this.#delete([1n, 2n]);
    await this.#writer.node.flush(flush, NEVER);
    await this.#insert(rowsFrom(100, 20));
    await this.#delete([3n, 12n, 101n]);
    await this.#writer.node.flush(flush, NEVER);
    await this.#insert(rowsFrom(5, 3, 3), true);
    const { jobId } = await this.#writer.node.compact(
      { context, collectionId: this.#collectionId, partitionId: 0, segmentIds: [], targetBytes: 0 },
      NEVER,
    );
    for (;;) {
      signal.throwIfAborted();
      const job = await this.#writer.node.job({ context, jobId }, NEVER);
      if (job.failed > 0) throw new Error(job.error);
      if (job.done) break;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await this.#insert(rowsFrom(200, 10));
    await this.#writer.node.flush(flush, NEVER);
  }

  /** The write under way happened as a whole or not at all. */
  settle(found: ReadonlyMap<bigint, bigint>): void {
    const { rows = [], deleted = [] } = this.underWay ?? {};
    const happened =
      rows.some(({ id, version }) => found.get(id) === version) ||
      (deleted.length > 0 && deleted.every((id) => !found.has(id)));
    if (happened) this.#apply(rows, deleted);
  }

  async #insert(rows: readonly Row[], upsert = false): Promise<void> {
    this.underWay = { rows, deleted: [] };
    await insert(this.#writer.node, this.#collectionId, this.#partitionId, rows, upsert);
    this.underWay = undefined;
    this.#apply(rows, []);
  }

  async #delete(deleted: readonly bigint[]): Promise<void> {
    this.underWay = { rows: [], deleted };
    await deleteIds(this.#writer.node, this.#collectionId, deleted);
    this.underWay = undefined;
    this.#apply([], deleted);
  }

  #apply(rows: readonly Row[], deleted: readonly bigint[]): void {
    for (const { id, version } of rows) this.rows.set(id, version);
    for (const id of deleted) this.rows.delete(id);
  }
}

/** A folder with an empty collection, to be copied for each crash. */
async function template(): Promise<{ folder: string; collectionId: number; partitionId: number }> {
  const folder = await temporaryFolder();
  await using writer = await openTestWriter(folder, { settings: SETTINGS });
  const collectionId = await createCollection(writer);
  const { collections } = await writer.parts.metadata.readCatalog();
  return { folder, collectionId, partitionId: collections[0]!.partitions[0]!.id };
}

async function expectState(folder: string, collectionId: number, script: Script, what: string): Promise<void> {
  await using writer = await openTestWriter(folder, { settings: SETTINGS });
  const { node, parts } = writer;
  const found = await queryAll(node, collectionId, 0);
  script.settle(found);
  expect(found, what).toEqual(script.rows);
  expect(await countAll(node, collectionId, 0), `doubles ${what}`).toBe(found.size);
  const view = (await parts.metadata.readView(collectionId))!;
  const { collections } = await parts.metadata.readCatalog();
  const deletes = await streamedDeletes(node, collectionId, streamStart(view));
  const fromReader = await readViewRows(parts.storage, collections[0]!, view, deletes!);
  const rest = await queryAll(node, collectionId, view.version);
  expect(new Map([...fromReader.rows, ...rest]), `reader and writer ${what}`).toEqual(script.rows);
  expect(fromReader.count + (await countAll(node, collectionId, view.version))).toBe(found.size);
}

test.each(['before', 'after'] as const)(
  'a crash %s any step of writing and publishing loses and doubles nothing',
  async (mode) => {
    const { folder, collectionId, partitionId } = await template();
    const fired = new Set<string>();
    for (let crashAt = 1; ; crashAt++) {
      const copy = `${folder}-${mode}-${crashAt}`;
      await cp(folder, copy, { recursive: true });
      const failing = new FailingParts(crashAt, mode);
      const dependencies = { signal: failing.signal };
      const options = { settings: SETTINGS, wrap: (parts: WriterParts) => failing.wrap(parts), dependencies };
      const writer = await openTestWriter(copy, options).catch(() => undefined);
      const script = writer && new Script(writer, collectionId, partitionId);
      await script?.run(failing.signal).catch(() => undefined);
      await writer?.[Symbol.asyncDispose]();
      const crashed = failing.crashed;
      if (crashed) fired.add(crashed);
      if (script) await expectState(copy, collectionId, script, `after a crash ${mode} step ${crashAt} (${crashed})`);
      await removeFolder(copy);
      if (!crashed) break;
    }
    await removeFolder(folder);
    expect([...fired].sort()).toEqual([
      'log.append',
      'log.begin',
      'log.truncate',
      'metadata.acquireLease',
      'metadata.apply',
      'metadata.reserveIds',
      'metadata.reserveTimestamps',
      'storage.put',
      'storage.putFile',
    ]);
  },
  300_000,
);
