import { BraidError } from '../../../core/errors.ts';

export interface ImportOptions {
  /** Undefined: none. */
  readonly timeoutMs: number | undefined;
  readonly separator: string;
  readonly nullText: string;
}

const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/;
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
/** What a timer can hold. */
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

/** `timeout` (`300s`, `5m`; a bare number means seconds), `sep` and `nullkey` of CSV. Other options of Milvus (`backup`, ...) mean nothing here. */
export function checkOptions(options: Readonly<Record<string, string>>): ImportOptions {
  const separator = options['sep'] ?? ',';
  if ([...separator].length !== 1 || /["\r\n\0]/.test(separator)) {
    throw new BraidError('importFailed', `unsupported csv separator: ${JSON.stringify(separator)}`);
  }
  return { timeoutMs: timeoutOf(options['timeout']), separator, nullText: options['nullkey'] ?? '' };
}

function timeoutOf(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const match = DURATION.exec(text);
  if (!match) throw new BraidError('importFailed', `parse timeout failed: ${JSON.stringify(text)} is no duration`);
  return Math.min(TIMEOUT_MS_MAX, Number(match[1]) * UNIT_MS[match[2] ?? 's']!);
}
