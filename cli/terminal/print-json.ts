import { stringifyExactly } from '../../core/rows/int64.ts';

const INDENT = 2;

/** What `--json` prints: indented, with 64-bit integers as they are. */
export function printJson(value: unknown): void {
  process.stdout.write(`${stringifyExactly(value, INDENT)}\n`);
}
