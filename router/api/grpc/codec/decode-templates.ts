import { BraidError } from '../../../../core/errors.ts';
import type { TemplateValue } from '../../../../core/filter/filter.ts';
import { parseJson } from '../../../../core/rows/parse-json.ts';
import type {
  TemplateArrayValue,
  TemplateValue as TemplateMessage,
} from '../../../../proto/generated/milvus/template.ts';
import { doublesOf } from '../../../../proto/milvus/float-lens.ts';
import { templateOf } from '../../template-of.ts';

/** Values for the placeholders of a filter; undefined when there are none. */
export function decodeTemplates(
  messages: ReadonlyMap<string, TemplateMessage>,
): ReadonlyMap<string, TemplateValue> | undefined {
  if (messages.size === 0) return undefined;
  return new Map([...messages].map(([name, { val }]) => [name, decodeValue(name, val)]));
}

function decodeValue(name: string, value: TemplateMessage['val']): TemplateValue {
  if (!value) throw new BraidError('parameterInvalid', `the value of the template variable {${name}} is missing`);
  switch (value.$case) {
    case 'bytesVal':
      throw new BraidError('notSupported', `bytes as the value of the template variable {${name}} are not supported`);
    case 'arrayVal':
      return decodeArray(name, value.value);
    default:
      return value.value;
  }
}

function decodeArray(name: string, { data }: TemplateArrayValue): readonly TemplateValue[] {
  if (!data) return [];
  switch (data.$case) {
    case 'doubleData':
      return Array.from(doublesOf(data.value.data));
    case 'arrayData':
      return data.value.data.map((inner) => decodeArray(name, inner));
    case 'jsonData':
      return data.value.data.map((text) => templateOf(name, parseJson(new TextDecoder().decode(text))));
    default:
      return data.value.data;
  }
}
