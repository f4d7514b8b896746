import { BraidError } from '../../../../core/errors.ts';

/** Settings in JSON to the texts that everything inside deals in: `2` and `"2"` are the same, what is nested becomes JSON. `null` is left out. */
export function textsOf(settings: Readonly<Record<string, unknown>> | undefined): Record<string, string> {
  const entries = Object.entries(settings ?? {}).filter(([, value]) => value !== null);
  return Object.fromEntries(entries.map(([key, value]) => [key, textOf(value)]));
}

export function textOf(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** A name that stands for a number, like `Bounded` for 2; `undefined` when none was given. */
export function numberNamed<Table extends Readonly<Record<string, number>>>(
  table: Table,
  what: string,
  name: string,
): Table[keyof Table] {
  if (Object.hasOwn(table, name)) return table[name] as Table[keyof Table];
  throw new BraidError('parameterInvalid', `${what} ${name}: expected one of ${Object.keys(table).join(', ')}`);
}
