import { BraidError } from '../../errors.ts';
import { DYNAMIC_FIELD_NAME, type FieldSchema } from '../../schema/collection-schema.ts';
import { parseFilter } from '../syntax/parse-filter.ts';
import { JsonPath } from './json-path.ts';

/**
 * The path of an index on a JSON field as clients write it: `meta["a"][0]`, with the field's name in front; of the dynamic field also the bare key `color`.
 * Empty means the whole field. Throws `parameterInvalid`.
 */
export function parseJsonPath(field: FieldSchema, text: string): JsonPath {
  if (text.trim() === '') return new JsonPath([]);
  const node = parseFilter(text);
  if (node.kind !== 'field') throw new BraidError('parameterInvalid', `json_path ${text} is no path of a JSON field`);
  if (node.name === field.name || (field.isDynamic && node.name === DYNAMIC_FIELD_NAME)) return new JsonPath(node.path);
  if (field.isDynamic) return new JsonPath([node.name, ...node.path]);
  throw new BraidError('parameterInvalid', `json_path ${text} does not begin with the name of the field ${field.name}`);
}
