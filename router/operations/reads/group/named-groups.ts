import type { Column } from '../../../../core/columns/column.ts';
import { shownGroups } from '../../../../core/merge/group-key.ts';
import type { NamedColumn } from '../../named-column.ts';
import type { Grouping } from './grouping.ts';

/** The column of groups that an answer carries, named as the client named it: of the field's type, or texts of what a path leads to. */
export function namedGroups({ name, field, path }: Grouping, column: Column): NamedColumn {
  if (path === undefined) return { name, field, column };
  return { name, field: { ...field, dataType: column.dataType, isDynamic: false }, column: shownGroups(column) };
}
