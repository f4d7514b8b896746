import { BraidError } from '../../core/errors.ts';
import type { TemplateValue } from '../../core/filter/filter.ts';

/** A value that came as JSON, for a placeholder of a filter. Whole numbers become bigint, as the language tells 1 from 1.0 by them. */
export function templateOf(name: string, value: unknown): TemplateValue {
  switch (typeof value) {
    case 'boolean':
    case 'string':
    case 'bigint':
      return value;
    case 'number':
      return Number.isSafeInteger(value) ? BigInt(value) : value;
    default:
      if (Array.isArray(value)) return value.map((item) => templateOf(name, item));
      throw new BraidError(
        'parameterInvalid',
        `the value of the template variable {${name}} should be a scalar or a list of scalars`,
      );
  }
}
