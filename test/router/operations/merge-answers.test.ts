import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesColumnFrom } from '../../../core/columns/column-operations.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import type { KeysMessage, SearchResponse } from '../../../proto/generated/node.ts';
import { bytesOf, encodeColumn } from '../../../proto/node-protocol/column-codec.ts';
import { mergeAnswers } from '../../../router/operations/reads/merge-answers.ts';

interface Hit {
  readonly key: number;
  readonly score: number;
  readonly timestamp: bigint;
}

/** `hits[query]`, as one node sends them: nearest first, distinct keys. */
function responseOf(hits: readonly (readonly Hit[])[], hasTextKeys: boolean): SearchResponse {
  const flat = hits.flat();
  const keys: KeysMessage = hasTextKeys
    ? {
        int64: new Uint8Array(0),
        text: encodeColumn(
          0,
          bytesColumnFrom(
            DataType.VarChar,
            flat.map((hit) => textOf(hit.key)),
          ),
        ),
      }
    : { int64: bytesOf(BigInt64Array.from(flat, (hit) => BigInt(hit.key))), text: undefined };
  return {
    counts: bytesOf(Uint32Array.from(hits, (list) => list.length)),
    scores: bytesOf(Float32Array.from(flat, (hit) => hit.score)),
    keys,
    timestamps: bytesOf(BigUint64Array.from(flat, (hit) => hit.timestamp)),
    segmentIndexes: new Uint8Array(0),
    rowOffsets: new Uint8Array(0),
    segmentIds: [],
    columns: [],
    state: undefined,
    groupValues: undefined,
  };
}

const textOf = (key: number): string => `k${String(key).padStart(3, '0')}`;

const hit = fc.record({
  key: fc.integer({ min: 0, max: 20 }),
  score: fc.integer({ min: 0, max: 9 }),
  timestamp: fc.bigInt(0n, 5n),
});
const nodes = fc.array(fc.array(fc.array(hit, { maxLength: 12 }), { minLength: 6, maxLength: 6 }), { maxLength: 4 });

test('groups of queries give what all at once give, and both are the merge of sorted sets', async () => {
  const property = fc.asyncProperty(
    nodes,
    fc.integer({ min: 1, max: 8 }),
    fc.integer({ min: 0, max: 4 }),
    fc.boolean(),
    async (given, limit, offset, hasTextKeys) => {
      // No two nodes hold rows of one key and one timestamp.
      const distinct = given.map((queries, node) =>
        queries.map((hits) =>
          [
            ...new Map(
              hits.map((each) => [each.key, { ...each, timestamp: each.timestamp * 8n + BigInt(node) }]),
            ).values(),
          ].sort((left, right) => left.score - right.score || left.key - right.key),
        ),
      );
      const answers = distinct.map((queries) => ({
        handle: undefined as never,
        isWriter: false,
        response: responseOf(queries, hasTextKeys),
      }));
      const window = { queryCount: 6, offset, limit, askedCount: 100, metricType: 'L2' as const, hasTextKeys };
      const whole = await mergeAnswers(answers, window, 1_000_000);
      const parts = await mergeAnswers(answers, window, 5);
      expect(parts).toEqual(whole);
      const expected = Array.from({ length: 6 }, (_, query) =>
        bestOf(
          distinct.map((queries) => queries[query]!),
          offset,
          limit,
        ),
      );
      expect([...whole.counts]).toEqual(expected.map((list) => list.length));
      const flat = expected.flat();
      expect([...whole.scores]).toEqual(flat.map((each) => each.score));
      expect([...whole.keys]).toEqual(flat.map((each) => (hasTextKeys ? textOf(each.key) : BigInt(each.key))));
      const starts = distinct.map((queries) => queries.flat());
      expect(Array.from(whole.rows, (row, i) => starts[whole.lists[i]!]![row]!.key)).toEqual(
        flat.map((each) => each.key),
      );
    },
  );
  await fc.assert(property, { numRuns: 300 });
});

/** Newest row of every key, nearest first, ties by key. */
function bestOf(lists: readonly (readonly Hit[])[], offset: number, limit: number): readonly Hit[] {
  const newest = new Map<number, Hit>();
  for (const each of lists.flat()) {
    const known = newest.get(each.key);
    if (!known || each.timestamp > known.timestamp) newest.set(each.key, each);
  }
  return [...newest.values()]
    .sort((left, right) => left.score - right.score || left.key - right.key)
    .slice(offset, offset + limit);
}
