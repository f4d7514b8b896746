import { stringify } from 'yaml';
import type { SettingSchema } from './check-settings.ts';
import { configSchema } from './schema.ts';
import { variableName } from './setting-list.ts';
import { formatQuantity } from './setting-types.ts';

const LINE_WIDTH = 120;
const HEADER = `# Every setting of Braid with its default. All of them may be left out.
# The variable of the environment that stands behind a setting overrides it.
# Durations may be written as 250ms, 30s, 5m, 2h, 1d; sizes as 512KB, 64MB, 2GB.
`;

/** The documented example file, made from the schema: `config/braid.example.yaml`. */
export function exampleConfig(): string {
  const blocks = Object.entries(configSchema.properties as Record<string, SettingSchema>).map(([key, schema]) =>
    linesOf(key, schema, [key]).join('\n'),
  );
  return `${HEADER}\n${blocks.join('\n\n')}\n`;
}

function linesOf(key: string, schema: SettingSchema, path: readonly string[]): string[] {
  const indent = '  '.repeat(path.length - 1);
  if (schema.properties !== undefined) {
    const inner = Object.entries(schema.properties).flatMap(([innerKey, child]) =>
      linesOf(innerKey, child, [...path, innerKey]),
    );
    return [...comment(schema.description ?? '', indent), `${indent}${key}:`, ...inner];
  }
  const setting = schema.default === undefined ? `# ${key}:` : `${key}: ${defaultText(schema)}`;
  return [
    ...comment(`${schema.description ?? ''} ${bounds(schema)}`, indent),
    `${indent}${setting} # ${variableName(path)}`,
  ];
}

/** As it is written in the file. */
export function defaultText(schema: SettingSchema): string {
  if (typeof schema.default === 'number') return formatQuantity(schema.default, schema.unit);
  return stringify(schema.default, { collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0 }).trim();
}

/** What the description of a setting does not say: choices, least and greatest value. */
function bounds({ anyOf, items, minimum, maximum, unit }: SettingSchema): string {
  const choices = anyOf ?? items?.anyOf;
  if (choices !== undefined) return `Of: ${choices.map((choice) => String(choice.const)).join(', ')}.`;
  if (minimum !== undefined && maximum !== undefined) return `From ${minimum} to ${maximum}.`;
  return minimum !== undefined && minimum > 1 ? `At least ${formatQuantity(minimum, unit)}.` : '';
}

function comment(text: string, indent: string): string[] {
  const lines: string[] = [];
  let line = `${indent}#`;
  for (const word of text.trim().split(/\s+/)) {
    if (line.length + word.length + 1 > LINE_WIDTH) {
      lines.push(line);
      line = `${indent}#`;
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
