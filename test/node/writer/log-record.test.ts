import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeLogRecord, encodeLogRecord, type LoggedWrite } from '../../../node/writer/log-record.ts';
import { LogRecord } from '../../../proto/generated/log.ts';

const POSITION = { term: 1, sequence: 1 };
const bytes = fc.uint8Array({ maxLength: 20_000 });
const id = fc.integer({ min: 1, max: 2 ** 50 });
const column = fc.record({
  fieldId: fc.integer({ min: 100, max: 10_000 }),
  dataType: fc.constantFrom(5, 21, 101),
  rowCount: fc.nat(),
  data: bytes,
  offsets: bytes,
  valid: bytes,
  dimension: fc.nat(40_000),
});
const rows = fc.record({
  kind: fc.constant('rows' as const),
  collectionId: id,
  partitionId: id,
  segmentId: id,
  schemaVersion: fc.nat(100),
  rowCount: fc.nat(),
  columns: fc.array(column, { maxLength: 5 }),
  upsert: fc.boolean(),
});
const keys = fc.record({
  kind: fc.constant('keys' as const),
  collectionId: id,
  partitionIds: fc.array(id, { maxLength: 3 }),
  keys: fc.record({ int64: bytes, text: fc.option(column, { nil: undefined }) }),
});
const timestamp = fc.bigInt({ min: 1n, max: 2n ** 63n });

test('a record comes back as it was written', () => {
  fc.assert(
    fc.property(fc.oneof(rows, keys), timestamp, (write: LoggedWrite, at) => {
      expect(decodeLogRecord(encodeLogRecord(write, at), POSITION)).toEqual({ write, timestamp: at });
    }),
  );
});

test('rows put together by hand are what the generated code makes of them', () => {
  fc.assert(
    fc.property(rows, timestamp, (write, at) => {
      const { kind, collectionId, ...value } = write;
      const generated = LogRecord.encode({ collectionId, timestamp: at, write: { $case: 'rows', value } }).finish();
      expect(LogRecord.decode(encodeLogRecord(write, at))).toEqual(LogRecord.decode(generated));
    }),
  );
});

test('a record of another version is refused with its position', () => {
  const unknown = LogRecord.encode({ collectionId: 1, timestamp: 1n, write: undefined }).finish();
  expect(() => decodeLogRecord(unknown, { term: 3, sequence: 9 })).toThrow('record 3:9 of the log');
});
