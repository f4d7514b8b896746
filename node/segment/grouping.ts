import { BraidError } from '../../core/errors.ts';
import { LIMITS as API_LIMITS } from '../../core/limits.ts';
import { type GroupKey, groupKeysOf, pointerSteps } from '../../core/merge/group-key.ts';
import { fieldById } from '../../core/schema/collection-schema.ts';
import { DataType, dataTypeName, isGroupable } from '../../core/schema/data-type.ts';
import type { SearchRequest } from '../../proto/generated/node.ts';
import { decodeColumn } from '../../proto/node-protocol/column-codec.ts';
import type { ReadOptions } from './read-segments.ts';

/** How the hits of a search are grouped. The search's k is the number of groups. */
export interface Grouping {
  readonly fieldId: number;
  /** Of JSON fields: the way to the value. */
  readonly path: readonly string[] | undefined;
  /** Hits of each group. */
  readonly size: number;
  /** If there, only rows of these groups count. */
  readonly only: ReadonlySet<GroupKey> | undefined;
}

/** Undefined for a search that is not grouped. Throws `fieldNotFound` or `parameterInvalid`. */
export function groupingOf(request: SearchRequest, { schema }: ReadOptions): Grouping | undefined {
  const { groupByFieldId: fieldId, groupByPath, groupSize: size, groupValues } = request;
  if (fieldId === 0) return undefined;
  const field = fieldById(schema, fieldId);
  if (!field) throw new BraidError('fieldNotFound', `field ${fieldId} to group by is not in ${schema.name}`);
  const path = pointerSteps(groupByPath);
  const mayBe = path === undefined ? isGroupable(field.dataType) : field.dataType === DataType.JSON;
  if (!mayBe) {
    throw new BraidError(
      'parameterInvalid',
      `field ${field.name} of ${dataTypeName(field.dataType)} cannot be grouped by`,
    );
  }
  if (size < 1 || size > API_LIMITS.groupSizeMax) {
    throw new BraidError('parameterInvalid', `group size is ${size}, it must be from 1 to ${API_LIMITS.groupSizeMax}`);
  }
  return { fieldId, path, size, only: groupValues && new Set(groupKeysOf(decodeColumn(groupValues))) };
}
