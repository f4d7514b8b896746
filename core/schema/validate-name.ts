import { BraidError, type ErrorName } from '../errors.ts';
import { LIMITS } from '../limits.ts';

export type NamedKind = 'database' | 'collection' | 'partition' | 'field' | 'alias' | 'index';

const ERROR_OF_KIND: Readonly<Record<NamedKind, ErrorName>> = {
  database: 'databaseNameInvalid',
  collection: 'parameterInvalid',
  partition: 'parameterInvalid',
  field: 'fieldNameInvalid',
  alias: 'parameterInvalid',
  index: 'parameterInvalid',
};

/** A letter or `_`, then letters, digits and `_`, at most 255 characters. Throws in Milvus' words (internal/proxy/util.go). */
export function validateName(kind: NamedKind, name: string): void {
  const refuse = (problem: string): BraidError => new BraidError(ERROR_OF_KIND[kind], problem);
  if (name === '') throw refuse(`${kind} name should not be empty`);
  const invalid = `Invalid ${kind} name: ${shorten(name)}.`;
  if (name.length > LIMITS.nameLengthMax) {
    throw refuse(`${invalid} the length of ${kind} name must be not greater than limit: ${LIMITS.nameLengthMax}`);
  }
  if (!/^[A-Za-z_]/.test(name)) {
    throw refuse(`${invalid} the first character of a ${kind} name must be an underscore or letter`);
  }
  if (!/^\w+$/.test(name)) throw refuse(`${invalid} ${kind} name can only contain numbers, letters and underscores`);
}

function shorten(name: string): string {
  return name.length <= LIMITS.nameLengthMax ? name : `${name.slice(0, LIMITS.nameLengthMax)}...`;
}
