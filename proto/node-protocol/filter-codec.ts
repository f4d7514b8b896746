import type { Filter, TemplateValue } from '../../core/filter/filter.ts';
import type { FilterMessage, FilterValue } from '../generated/node.ts';

/** A filter travels as its text and its templates; the node parses it again (from its cache) against the schema it holds. */

export function encodeFilter(
  filter: Filter | undefined,
  templates: ReadonlyMap<string, TemplateValue> | undefined,
): FilterMessage | undefined {
  if (!filter) return undefined;
  const encoded = new Map<string, FilterValue>();
  for (const [name, value] of templates ?? []) encoded.set(name, encodeValue(value));
  return { text: filter.text, templates: encoded, zone: filter.zone };
}

export function decodeTemplates(message: FilterMessage): ReadonlyMap<string, TemplateValue> | undefined {
  if (message.templates.size === 0) return undefined;
  return new Map([...message.templates].map(([name, value]) => [name, decodeValue(value)]));
}

function encodeValue(value: TemplateValue): FilterValue {
  switch (typeof value) {
    case 'boolean':
      return { value: { $case: 'boolean', value } };
    case 'bigint':
      return { value: { $case: 'integer', value } };
    case 'number':
      return { value: { $case: 'number', value } };
    case 'string':
      return { value: { $case: 'text', value } };
    default:
      return { value: { $case: 'list', value: { values: value.map(encodeValue) } } };
  }
}

function decodeValue(message: FilterValue): TemplateValue {
  const { value } = message;
  if (!value) throw new Error('a template value without a value');
  return value.$case === 'list' ? value.value.values.map(decodeValue) : value.value;
}
