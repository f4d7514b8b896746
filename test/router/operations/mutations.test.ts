import { afterEach, describe, expect, test } from 'vitest';
import type { BytesColumn } from '../../../core/columns/column.ts';
import { bytesColumnFrom, fixedColumn, textAt, vectorColumn } from '../../../core/columns/column-operations.ts';
import { BraidError } from '../../../core/errors.ts';
import type { InputColumn } from '../../../core/rows/input-column.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import type { DeleteRequest, InsertRequest } from '../../../proto/generated/node.ts';
import type { InsertInput } from '../../../router/operations/mutations/insert.ts';
import type { UpsertInput } from '../../../router/operations/mutations/upsert.ts';
import { FakeCluster, type FakeClusterOptions, queryInput, requestContext } from '../fakes/fake-cluster.ts';
import { draftField, testFields, testRow, testSchema } from '../fakes/test-schema.ts';

let fake: FakeCluster;

afterEach(async () => fake[Symbol.asyncDispose]());

async function open(options: FakeClusterOptions = {}): Promise<number> {
  fake = await FakeCluster.open(options);
  const { id } = fake.world.addCollection();
  await fake.settle();
  return id;
}

function columnsOf(keys: readonly number[], tenants?: readonly number[]): InputColumn[] {
  const int64 = (name: string, values: readonly number[]): InputColumn => ({
    name,
    isDynamic: false,
    column: fixedColumn(DataType.Int64, BigInt64Array.from(values, BigInt)),
    valid: undefined,
  });
  const floats = Float32Array.from(keys.flatMap((key) => [key, 0]));
  const columns: InputColumn[] = [
    int64('id', keys),
    {
      name: 'vector',
      isDynamic: false,
      column: vectorColumn(DataType.FloatVector, 2, 8, new Uint8Array(floats.buffer)),
      valid: undefined,
    },
    {
      name: 'color',
      isDynamic: false,
      column: bytesColumnFrom(
        DataType.VarChar,
        keys.map((key) => `c${key}`),
      ),
      valid: undefined,
    },
  ];
  return tenants ? [...columns, int64('tenant', tenants)] : columns;
}

function insertInput(keys: readonly number[], change: Partial<InsertInput> = {}): InsertInput {
  return {
    collection: 'things',
    partition: '',
    rowCount: keys.length,
    columns: columnsOf(keys),
    schemaTimestamp: 0n,
    ...change,
  };
}

const upsertInput = (keys: readonly number[], change: Partial<UpsertInput> = {}): UpsertInput => ({
  ...insertInput(keys),
  partialUpdate: false,
  fieldOperations: new Map(),
  ...change,
});

async function keys(filter = 'id >= 0'): Promise<number[]> {
  const output = await fake.operations.query(requestContext(), queryInput(filter));
  return Array.from((output.columns[0]!.column as { values: BigInt64Array }).values, Number);
}

describe('insert', () => {
  test('gives the keys, their number and a time, and the rows are there', async () => {
    await open();
    const output = await fake.operations.insert(requestContext(), insertInput([3, 1, 2]));
    expect(output.keys).toEqual(BigInt64Array.from([3n, 1n, 2n]));
    expect(output.rowCount).toBe(3);
    expect(output.timestamp).toBe(fake.world.growing[0]!.timestamp);
    expect(await keys()).toEqual([1, 2, 3]);
  });

  test('goes to the partition that is named, else to _default', async () => {
    const id = await open();
    const [first] = fake.world.collections[0]!.partitions;
    fake.world.alterCollection(id, { partitions: [first!, { ...first!, id: 11, name: 'east' }] });
    await fake.operations.insert(requestContext(), insertInput([1]));
    await fake.operations.insert(requestContext(), insertInput([2], { partition: 'east' }));
    expect(fake.writer.callsOf('insert').map((call) => (call.request as InsertRequest).partitionId)).toEqual([10, 11]);
    const nowhere = fake.operations.insert(requestContext(), insertInput([2], { partition: 'nowhere' }));
    await expect(nowhere).rejects.toMatchObject({ code: 200, message: 'partition not found[partition=nowhere]' });
  });

  test('spreads rows by their partition key: equal keys together, the answer in row order', async () => {
    fake = await FakeCluster.open();
    const fields = [...testFields(), draftField('tenant', DataType.Int64, { isPartitionKey: true })];
    const partitions = Array.from({ length: 16 }, (_, i) => ({
      id: 50 + i,
      name: `_default_${i}`,
      createdTimestamp: 1n,
      loaded: true,
    }));
    fake.world.addCollection({ schema: testSchema(fields), partitions });
    const rowKeys = Array.from({ length: 200 }, (_, i) => 1_000 - i);
    const tenants = rowKeys.map((key) => key % 40);
    const output = await fake.operations.insert(
      requestContext(),
      insertInput(rowKeys, { columns: columnsOf(rowKeys, tenants) }),
    );
    expect(Array.from(output.keys as BigInt64Array, Number)).toEqual(rowKeys);
    const partitionsOfTenant = new Map<number, Set<number>>();
    for (const row of fake.world.growing) {
      const tenant = Number(row.key) % 40;
      partitionsOfTenant.set(tenant, (partitionsOfTenant.get(tenant) ?? new Set()).add(row.partitionId));
    }
    expect([...partitionsOfTenant.values()].every((set) => set.size === 1)).toBe(true);
    expect(new Set([...partitionsOfTenant.values()].flatMap((set) => [...set])).size).toBeGreaterThan(10);
    const named = fake.operations.insert(requestContext(), insertInput(rowKeys, { partition: '_default_1' }));
    await expect(named).rejects.toThrow(
      'not support manually specifying the partition names if partition key mode is used',
    );
  });

  test('a client whose schema is old is told to read it again; a newer one makes this router read it', async () => {
    const id = await open({ limits: { catalogPollMs: 60_000 } });
    const { updatedTimestamp } = fake.world.collections[0]!;
    const wrong = [...columnsOf([1]), { ...columnsOf([1])[2]!, name: 'size' }];
    const plain = fake.operations.insert(requestContext(), insertInput([1], { columns: wrong }));
    await expect(plain).rejects.toMatchObject({ code: 1100 });
    const old = fake.operations.insert(
      requestContext(),
      insertInput([1], { columns: wrong, schemaTimestamp: updatedTimestamp - 1n }),
    );
    await expect(old).rejects.toMatchObject({ code: 109, legacyCode: 62 });
    const more = [
      ...testFields(),
      draftField('size', DataType.VarChar, { nullable: true, typeParams: { max_length: '9' } }),
    ];
    fake.world.alterCollection(id, { schema: { ...testSchema(more), version: 2 } });
    const newer = fake.world.collections[0]!.updatedTimestamp;
    await fake.operations.insert(requestContext(), insertInput([1], { columns: wrong, schemaTimestamp: newer }));
    expect(fake.world.growing.length).toBe(1);
  });

  test('when the writer knows a newer schema, the rows are checked against it and sent again', async () => {
    await open({ limits: { catalogPollMs: 60_000 } });
    let count = 0;
    fake.writer.before = (method) => {
      if (method === 'insert' && count++ === 0) throw new BraidError('schemaMismatch', 'schema version 2 is current');
    };
    await fake.operations.insert(requestContext(), insertInput([1]));
    expect(fake.world.growing.length).toBe(1);
  });

  test('an unknown outcome is not repeated', async () => {
    await open();
    fake.writer.after = () => {
      throw new BraidError('serviceUnavailable', 'connection reset');
    };
    await expect(fake.operations.insert(requestContext(), insertInput([1]))).rejects.toMatchObject({ code: 2 });
    expect(fake.writer.callsOf('insert').length).toBe(1);
  });
});

describe('upsert', () => {
  test('replaces rows', async () => {
    await open();
    await fake.operations.insert(requestContext(), insertInput([1, 2]));
    const output = await fake.operations.upsert(requestContext(), upsertInput([2, 3]));
    expect(output.keys).toEqual(BigInt64Array.from([2n, 3n]));
    expect((fake.writer.callsOf('insert')[1]!.request as InsertRequest).upsert).toBe(true);
    expect(await keys()).toEqual([1, 2, 3]);
    expect(fake.world.growing.length).toBe(4);
  });

  test('of a key that comes twice the last row counts', async () => {
    await open();
    const output = await fake.operations.upsert(requestContext(), upsertInput([7, 8, 7]));
    expect(output.rowCount).toBe(3);
    expect(output.keys).toEqual(BigInt64Array.from([7n, 8n, 7n]));
    expect((fake.writer.callsOf('insert')[0]!.request as InsertRequest).rowCount).toBe(2);
  });

  test('gives the key also where the collection makes its own', async () => {
    fake = await FakeCluster.open();
    const [id, ...others] = testFields();
    fake.world.addCollection({ schema: testSchema([{ ...id!, autoId: true }, ...others]) });
    await fake.operations.upsert(requestContext(), upsertInput([7]));
    expect(await keys()).toEqual([7]);
    const without = fake.operations.upsert(requestContext(), upsertInput([7], { columns: columnsOf([7]).slice(1) }));
    await expect(without).rejects.toThrow('must assign pk when upsert, field name: id');
  });

  const partOf = (keys: readonly number[], names: readonly string[]) =>
    upsertInput(keys, { partialUpdate: true, columns: columnsOf(keys).filter(({ name }) => names.includes(name)) });
  const colorOf = async (key: number) => {
    const output = await fake.operations.query(requestContext(), queryInput(`id == ${key}`, { outputFields: ['*'] }));
    const texts = output.columns.find(({ name }) => name === 'color')!.column;
    return textAt(texts as BytesColumn, 0);
  };

  test('of some columns keeps the others', async () => {
    await open();
    await fake.operations.upsert(requestContext(), upsertInput([7, 8]));
    await fake.operations.upsert(requestContext(), { ...partOf([8], ['id', 'vector']) });
    expect(await keys()).toEqual([7, 8]);
    expect(await colorOf(8)).toBe('c8');
  });

  test('of some columns of a key that is not there inserts it, if nothing is missing', async () => {
    await open();
    await fake.operations.upsert(requestContext(), partOf([9], ['id', 'vector', 'color']));
    expect(await keys()).toEqual([9]);
    const partial = fake.operations.upsert(requestContext(), partOf([10], ['id', 'color']));
    await expect(partial).rejects.toThrow('Insert missed an field `vector`');
    expect(await keys()).toEqual([9]);
  });

  test('of some columns is done again when the row changed between read and write, and gives up in the end', async () => {
    await open();
    await fake.operations.upsert(requestContext(), upsertInput([7]));
    const { world, writer } = fake;
    const answer = writer.query.bind(writer);
    let changesLeft = 2;
    writer.query = async (...call) => {
      const response = await answer(...call);
      if (changesLeft-- > 0) {
        world.deletes.push({ key: 7n, timestamp: world.tick() });
        world.growing.push(testRow(7, 7, world.tick(), { color: `changed${changesLeft}`, meta: '{}' }));
      }
      return response;
    };
    await fake.operations.upsert(requestContext(), partOf([7], ['id', 'vector']));
    expect(await colorOf(7)).toBe('changed0');
    changesLeft = 1_000;
    const never = fake.operations.upsert(requestContext(), partOf([7], ['id', 'vector']));
    await expect(never).rejects.toMatchObject({ kind: 'tooManyRequests' });
  });
});

describe('delete', () => {
  const deleteInput = (filter: string, partition = '') => ({
    collection: 'things',
    partition,
    filter,
    templates: undefined,
  });

  async function withRows(): Promise<number> {
    const id = await open();
    const { world } = fake;
    world.publish(id, [
      { id: 2, rows: [1, 2, 3].map((key) => testRow(key, key, world.tick(), { color: key > 1 ? 'red' : 'blue' })) },
    ]);
    world.growing.push(testRow(4, 4, world.tick(), { color: 'red' }));
    await fake.settle();
    return id;
  }

  test('by keys goes straight to the writer', async () => {
    await withRows();
    const output = await fake.operations.deleteRows(requestContext(), deleteInput('id in [3, 1, 77]'));
    expect(output.rowCount).toBe(3);
    expect(fake.readers.flatMap((reader) => reader.calls)).toEqual([]);
    expect(await keys()).toEqual([2, 4]);
  });

  test('by keys needs no loaded collection, by anything else it does', async () => {
    const id = await withRows();
    fake.world.alterCollection(id, { partitions: [{ id: 10, name: '_default', createdTimestamp: 1n, loaded: false }] });
    await fake.settle();
    await fake.operations.deleteRows(requestContext(), deleteInput('id == 1'));
    await expect(fake.operations.deleteRows(requestContext(), deleteInput('color == "red"'))).rejects.toMatchObject({
      code: 101,
    });
  });

  test('by a filter finds the keys with a Strong read on all nodes first', async () => {
    await withRows();
    const output = await fake.operations.deleteRows(requestContext(), deleteInput('color == "red"'));
    expect(output.keys).toEqual(BigInt64Array.from([2n, 3n, 4n]));
    expect(output.rowCount).toBe(3);
    expect(fake.writer.callsOf('timestamp').length).toBe(1);
    expect(await keys()).toEqual([1]);
  });

  test('when a node does not answer, nothing is deleted', async () => {
    await withRows();
    for (const reader of fake.readers) {
      reader.before = () => {
        throw new BraidError('internal', 'out of luck');
      };
    }
    await expect(fake.operations.deleteRows(requestContext(), deleteInput('color == "red"'))).rejects.toThrow(
      'out of luck',
    );
    expect(fake.writer.callsOf('delete')).toEqual([]);
  });

  test('of nothing still gives a time', async () => {
    await withRows();
    const output = await fake.operations.deleteRows(requestContext(), deleteInput('color == "green"'));
    expect(output.rowCount).toBe(0);
    expect(output.timestamp).toBeGreaterThan(0n);
    expect(fake.writer.callsOf('delete')).toEqual([]);
  });

  test('many keys go in parts', async () => {
    await open({ limits: { deleteKeysMax: 2 } });
    await fake.operations.deleteRows(requestContext(), deleteInput('id in [1, 2, 3, 4, 5]'));
    expect(fake.writer.callsOf('delete').length).toBe(3);
    expect(fake.world.deletes.map((entry) => entry.key).sort()).toEqual([1n, 2n, 3n, 4n, 5n]);
  });

  test('in one partition', async () => {
    await withRows();
    await fake.operations.deleteRows(requestContext(), deleteInput('id in [1]', '_default'));
    expect((fake.writer.callsOf('delete')[0]!.request as DeleteRequest).partitionIds).toEqual([10]);
  });

  test.each([
    ['', "delete plan can't be empty or always true"],
    ['nonsense >', 'failed to create query plan: cannot parse expression: nonsense >'],
  ])('refuses the filter "%s"', async (filter, message) => {
    await open();
    await expect(fake.operations.deleteRows(requestContext(), deleteInput(filter))).rejects.toThrow(message);
  });
});
