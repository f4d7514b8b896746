import type { Column } from '../../core/columns/column.ts';
import type { FieldSchema } from '../../core/schema/collection-schema.ts';

/** A column of an answer, full length. The dynamic field comes whole, under its name `$meta`. */
export interface NamedColumn {
  readonly name: string;
  readonly field: FieldSchema;
  readonly column: Column;
}
