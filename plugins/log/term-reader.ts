import { basename } from 'node:path';
import { BraidError } from '../../core/errors.ts';
import type { PluginLogger } from '../plugin.ts';
import { type FileEnd, FileReader } from './file-reader.ts';
import type { LogRecord } from './log.ts';
import type { LogFile, Seal } from './log-folder.ts';

export interface TermRange {
  /** Records up to this sequence are not wanted. */
  readonly afterSequence: number;
  /** The last record that counts, and which therefore must be there; undefined for a term that was left without a seal. */
  readonly lastSequence: number | undefined;
}

/**
 * The records of one term, from its files in order. A tail that a crash cut short ends an unsealed term; anything else that is missing or damaged
 * throws `internal` and names the file and the offset.
 */
export async function* readTerm(
  files: readonly LogFile[],
  range: TermRange,
  logger: PluginLogger,
): AsyncGenerator<LogRecord, void> {
  const last = range.lastSequence ?? Number.POSITIVE_INFINITY;
  const counting = files.filter((file) => file.firstSequence <= last);
  for (const [index, file] of counting.entries()) {
    const next = counting[index + 1];
    if (next !== undefined && next.firstSequence <= range.afterSequence + 1) continue;
    const lastHere = next === undefined ? range.lastSequence : next.firstSequence - 1;
    yield* readFile(file, range.afterSequence, lastHere, logger);
  }
}

async function* readFile(
  file: LogFile,
  afterSequence: number,
  lastSequence: number | undefined,
  logger: PluginLogger,
): AsyncGenerator<LogRecord, void> {
  await using reader = await FileReader.open(file);
  for (let record = await reader.next(); record !== undefined; record = await reader.next()) {
    const { sequence, payload } = record;
    if (sequence > afterSequence) yield { position: { term: file.term, sequence }, payload };
    // What follows the last record does not count, whatever it is.
    if (sequence === lastSequence) return;
  }
  checkEnd(file, await reader.end(), lastSequence, logger);
}

/** Finds where a term without a seal ends. Only its last file is read: `readTerm` checks the others. */
export async function findTermEnd(term: number, files: readonly LogFile[], logger: PluginLogger): Promise<Seal> {
  const file = files.at(-1);
  if (file === undefined) return { term, lastSequence: 0, file: '', byteLength: 0 };
  await using reader = await FileReader.open(file);
  while ((await reader.next()) !== undefined);
  const end = await reader.end();
  checkEnd(file, end, undefined, logger);
  return { term, lastSequence: end.nextSequence - 1, file: basename(file.path), byteLength: end.offset };
}

/** The intact records of a file ended before the last one that is due, or at an end that nobody knows (`lastSequence` undefined). */
function checkEnd(file: LogFile, end: FileEnd, lastSequence: number | undefined, logger: PluginLogger): void {
  if (lastSequence !== undefined || end.provenBy !== undefined) {
    const problem = end.problem ?? 'it ends there';
    const proof =
      lastSequence !== undefined
        ? `records ${end.nextSequence} to ${lastSequence} of term ${file.term} are due there`
        : `an intact record of a later write follows at offset ${end.provenBy}`;
    throw new BraidError(
      'internal',
      `${file.path} is damaged at offset ${end.offset}: ${problem}, but ${proof}; restore it from a backup`,
    );
  }
  if (end.problem !== undefined) {
    const { offset, fileBytes, problem } = end;
    logger.warn(
      { file: file.path, offset, cutBytes: fileBytes - offset, problem },
      'the log ends in an unfinished write, which was never acknowledged; it is left out',
    );
  }
}
