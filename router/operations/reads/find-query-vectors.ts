import type { BytesColumn, PrimaryKey, VectorColumn } from '../../../core/columns/column.ts';
import { gatherColumn, keyAt } from '../../../core/columns/column-operations.ts';
import { BraidError } from '../../../core/errors.ts';
import { LIMITS } from '../../../core/limits.ts';
import type { KeyList } from '../../../core/merge/merge-hits.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { SearchPlan } from './plan-search.ts';
import { readRows } from './read-rows.ts';
import type { ReadRun } from './read-run.ts';
import type { QueryVectors, SearchInput } from './search.ts';

/** The vectors of these rows as queries, in the order of the keys. A key without a row is an error. */
export async function findQueryVectors(
  cluster: Cluster,
  plan: SearchPlan,
  keys: KeyList,
  input: SearchInput,
  run: ReadRun,
): Promise<QueryVectors> {
  if (keys.length === 0 || keys.length > LIMITS.queriesMax) {
    throw new BraidError(
      'parameterInvalid',
      `the number of ids should be in range [1, ${LIMITS.queriesMax}], but got ${keys.length}`,
    );
  }
  const found = await readRows(
    cluster,
    {
      target: plan.target,
      filter: undefined,
      templates: undefined,
      keys,
      offset: 0,
      limit: 0,
      countOnly: false,
      ignoreGrowing: false,
      consistency: input.consistency,
      fields: [plan.field],
    },
    run,
  );
  const places = new Map<PrimaryKey, number>();
  for (let row = 0; row < found.keys.rowCount; row++) places.set(keyAt(found.keys, row), row);
  const rows = Uint32Array.from(keys as ArrayLike<PrimaryKey> & Iterable<PrimaryKey>, (key) => {
    const row = places.get(key);
    if (row === undefined) throw new BraidError('parameterInvalid', `search by ids: no row has the primary key ${key}`);
    return row;
  });
  const vectors = gatherColumn(found.columns[0]!, rows) as VectorColumn | BytesColumn;
  const without = keys[vectors.valid?.indexOf(0) ?? -1];
  if (without !== undefined) {
    const message = `search by ids: the row with the primary key ${without} has no vector in field ${plan.field.name}`;
    throw new BraidError('parameterInvalid', message);
  }
  const { dataType, elementType } = plan.field;
  const queries = { kind: 'vectors', dataType, elementType, queryCount: keys.length } as const;
  if (vectors.kind === 'vector') return { ...queries, data: vectors.data };
  return { ...queries, data: vectors.bytes, offsets: vectors.offsets };
}
