import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { BraidError } from '../../core/errors.ts';
import { createExclusively, hasCode, syncFolder, unlinkIfPresent } from '../durable-file.ts';
import type { PluginLogger } from '../plugin.ts';
import { FileWriter } from './file-writer.ts';
import { LOG_LIMITS } from './limits.ts';
import type { LogPosition } from './log.ts';
import { type LogListing, listLogFolder, readFloor, readSeal, type Seal, sealPath, writeSeal } from './log-folder.ts';
import { findTermEnd } from './term-reader.ts';

/**
 * Begins a term: creates its first file, seals all earlier terms, and resolves to the file.
 *
 * Why no record is lost or doubled, whatever an old writer does meanwhile: both sides first make their mark and then look for the other's. We create the
 * file of our term and then list the folder; a writer creates a file (at its start and at each rotation) and then lists the folder: so either it sees us
 * and gives up, or we see its file. Then we create the empty seal of its term and only after that read the end of its log; it looks for the seal after each write and
 * before it acknowledges: so either it sees the seal and acknowledges nothing more, or the write was there before we read.
 * This needs a folder that shows changes at once to all (a local disk; on NFS: no attribute caching) or, elsewhere, the patience of a lease.
 */
export async function beginTerm(folder: string, term: number, logger: PluginLogger): Promise<FileWriter> {
  const floor = await readFloor(folder);
  // A term that was freed has no file left that `create` could meet.
  if (term <= floor.term) throw termLost(term, floor.term);
  const writer = await FileWriter.create(folder, term, 1);
  try {
    const listing = await listLogFolder(folder);
    refuseLaterTerm(listing, term);
    for (const earlier of earlierTerms(listing, floor, term)) {
      const seal = (await readSeal(folder, earlier)) ?? (await sealTerm(folder, earlier, logger));
      if (seal.lastSequence === 0) await removeTerm(folder, earlier);
    }
    return writer;
  } catch (error) {
    await writer[Symbol.asyncDispose]();
    await unlinkIfPresent(writer.path);
    throw error;
  }
}

/** Throws `termLost` if a later term has begun. To be asked after each creation of a file. */
export function refuseLaterTerm(listing: LogListing, term: number): void {
  const latest = Math.max(...listing.sealedTerms, ...listing.files.map((file) => file.term));
  if (latest > term || listing.sealedTerms.includes(term)) throw termLost(term, latest);
}

export function termLost(term: number, later: number): BraidError {
  return new BraidError('termLost', `term ${term} of the log is over: term ${later} has begun`);
}

function earlierTerms(listing: LogListing, floor: LogPosition, term: number): number[] {
  const terms = new Set([...listing.sealedTerms, ...listing.files.map((file) => file.term)]);
  return [...terms].filter((other) => other < term && other >= floor.term).sort((left, right) => left - right);
}

async function sealTerm(folder: string, term: number, logger: PluginLogger): Promise<Seal> {
  const fence = await createExclusively(sealPath(folder, term));
  await fence?.close();
  await syncFolder(folder);
  const seal = await findDurableEnd(folder, term, logger);
  await writeSeal(folder, seal);
  logger.info({ term, lastSequence: seal.lastSequence, file: seal.file }, 'sealed an earlier term of the log');
  return seal;
}

/** A file may vanish while we look: an old writer that rotates takes its new file back when it sees us. */
async function findDurableEnd(folder: string, term: number, logger: PluginLogger): Promise<Seal> {
  for (let attempt = 1; ; attempt++) {
    const { files } = await listLogFolder(folder);
    try {
      const seal = await findTermEnd(
        term,
        files.filter((file) => file.term === term),
        logger,
      );
      if (seal.file !== '') await syncFile(join(folder, seal.file));
      return seal;
    } catch (error) {
      if (!hasCode(error, 'ENOENT') || attempt === LOG_LIMITS.sealAttemptsMax) throw error;
    }
  }
}

/** A writer that died between write and fsync left records that are readable, but not yet durable. */
async function syncFile(path: string): Promise<void> {
  await using handle = await open(path, 'r+');
  await handle.sync();
}

/** First the files, then the seal: an old writer looks for its seal and then for its file, and must miss one of them. */
async function removeTerm(folder: string, term: number): Promise<void> {
  const { files } = await listLogFolder(folder);
  for (const file of files) if (file.term === term) await unlinkIfPresent(file.path);
  await syncFolder(folder);
  await unlinkIfPresent(sealPath(folder, term));
}
