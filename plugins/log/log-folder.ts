import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32c } from '@node-rs/crc32';
import { BraidError } from '../../core/errors.ts';
import { hasCode, writeFileDurably } from '../durable-file.ts';
import { compareLogPositions, type LogPosition } from './log.ts';

/**
 * The names in a log's folder:
 *
 *     <term>-<first sequence>.wal   records (record-format.ts)
 *     <term>.seal                   the term is over. Empty: from now on nothing is acknowledged; with content: where it ended, for ever
 *     floor                         everything up to this position was freed
 *     identity                      the log's random name (log-identity.ts)
 *
 * `seal` and `floor` are one line of JSON, and after a blank the CRC-32C of that line in eight hexadecimal digits.
 */
export interface LogFile {
  readonly term: number;
  readonly firstSequence: number;
  readonly path: string;
}

/** Where a term ended. Records after `lastSequence`, and bytes after `byteLength` in `file`, do not count. */
export interface Seal {
  readonly term: number;
  /** 0 if it has no records. */
  readonly lastSequence: number;
  /** Name, without the folder, of the file that holds the last record; empty if the term has no file. */
  readonly file: string;
  readonly byteLength: number;
}

export interface LogListing {
  /** In order of term and sequence. */
  readonly files: readonly LogFile[];
  /** Terms for which a seal exists, complete or not. */
  readonly sealedTerms: readonly number[];
}

const FILE_NAME = /^(\d{10})-(\d{16})\.wal$/;
const SEAL_NAME = /^(\d{10})\.seal$/;

export async function listLogFolder(folder: string): Promise<LogListing> {
  const files: LogFile[] = [];
  const sealedTerms: number[] = [];
  for (const name of await readdir(folder)) {
    const file = FILE_NAME.exec(name);
    if (file !== null) files.push({ term: Number(file[1]), firstSequence: Number(file[2]), path: join(folder, name) });
    const seal = SEAL_NAME.exec(name);
    if (seal !== null) sealedTerms.push(Number(seal[1]));
  }
  files.sort((left, right) => left.term - right.term || left.firstSequence - right.firstSequence);
  return { files, sealedTerms };
}

export function logFilePath(folder: string, term: number, firstSequence: number): string {
  return join(folder, `${String(term).padStart(10, '0')}-${String(firstSequence).padStart(16, '0')}.wal`);
}

export function sealPath(folder: string, term: number): string {
  return join(folder, `${String(term).padStart(10, '0')}.seal`);
}

/** Undefined while the term is not, or not completely, sealed. */
export async function readSeal(folder: string, term: number): Promise<Seal | undefined> {
  const seal = (await readMark(sealPath(folder, term))) as Seal | undefined;
  if (seal !== undefined && seal.term !== term) throw damagedMark(sealPath(folder, term));
  return seal;
}

export async function writeSeal(folder: string, seal: Seal): Promise<void> {
  await writeMark(sealPath(folder, seal.term), seal);
}

/** The last position that was freed; everything after it must be there. */
export async function readFloor(folder: string): Promise<LogPosition> {
  const floor = (await readMark(join(folder, 'floor'))) as LogPosition | undefined;
  return floor ?? { term: 0, sequence: 0 };
}

/** Never lowers it. */
export async function raiseFloor(folder: string, floor: LogPosition): Promise<void> {
  if (compareLogPositions(floor, await readFloor(folder)) > 0) await writeMark(join(folder, 'floor'), floor);
}

export async function fileBytes(path: string): Promise<number> {
  return (await stat(path)).size;
}

async function writeMark(path: string, content: object): Promise<void> {
  const text = JSON.stringify(content);
  await writeFileDurably(path, `${text} ${crc32c(text).toString(16).padStart(8, '0')}\n`);
}

async function readMark(path: string): Promise<unknown> {
  let line: string;
  try {
    line = await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  if (line === '') return undefined;
  const match = /^(.*) ([0-9a-f]{8})\n$/.exec(line);
  if (match === null || crc32c(match[1]!) !== Number.parseInt(match[2]!, 16)) throw damagedMark(path);
  return JSON.parse(match[1]!);
}

function damagedMark(path: string): BraidError {
  return new BraidError(
    'internal',
    `${path} is damaged: restore it from a backup, nothing of the log was read past it`,
  );
}
