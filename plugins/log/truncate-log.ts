import { syncFolder, unlinkIfPresent } from '../durable-file.ts';
import { compareLogPositions, type LogPosition } from './log.ts';
import {
  fileBytes,
  type LogFile,
  type LogListing,
  listLogFolder,
  raiseFloor,
  readSeal,
  sealPath,
} from './log-folder.ts';

/**
 * Frees whole files that hold only records at or before `position`; resolves to the bytes freed. The last file of `ownTerm` always stays.
 * The floor is raised first: from then on nobody expects the files, and a crash halfway only leaves some that nobody reads.
 */
export async function truncateLog(folder: string, position: LogPosition, ownTerm: number): Promise<number> {
  const listing = await listLogFolder(folder);
  const staying = await oldestStaying(folder, listing, position, ownTerm);
  if (staying === undefined) return 0;
  const floor: LogPosition = { term: staying.term, sequence: staying.firstSequence - 1 };
  await raiseFloor(folder, floor);
  let freedBytes = 0;
  for (const file of listing.files) {
    if (compareLogPositions(firstPosition(file), firstPosition(staying)) >= 0) break;
    freedBytes += await fileBytes(file.path);
    await unlinkIfPresent(file.path);
  }
  await syncFolder(folder);
  for (const term of listing.sealedTerms) if (term < floor.term) await unlinkIfPresent(sealPath(folder, term));
  return freedBytes;
}

async function oldestStaying(
  folder: string,
  { files }: LogListing,
  position: LogPosition,
  ownTerm: number,
): Promise<LogFile | undefined> {
  for (const [index, file] of files.entries()) {
    const next = files[index + 1];
    if (next === undefined) return file;
    const lastSequence =
      next.term === file.term
        ? next.firstSequence - 1
        : file.term < ownTerm
          ? ((await readSeal(folder, file.term))?.lastSequence ?? Number.POSITIVE_INFINITY)
          : Number.POSITIVE_INFINITY;
    if (compareLogPositions({ term: file.term, sequence: lastSequence }, position) > 0) return file;
  }
  return undefined;
}

function firstPosition(file: LogFile): LogPosition {
  return { term: file.term, sequence: file.firstSequence };
}
