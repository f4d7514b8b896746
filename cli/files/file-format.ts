import { BraidError } from '../../core/errors.ts';

export const FILE_FORMATS = ['jsonl', 'csv', 'parquet'] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];

const FORMATS_OF_ENDINGS: Readonly<Record<string, FileFormat>> = {
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  csv: 'csv',
  parquet: 'parquet',
};

/** What `--format` says, else what the name ends in; standard input and output are JSON lines. */
export function formatOf(file: string, given: FileFormat | undefined): FileFormat {
  if (given !== undefined) return given;
  if (file === '-') return 'jsonl';
  const found = FORMATS_OF_ENDINGS[file.slice(file.lastIndexOf('.') + 1).toLowerCase()];
  if (found) return found;
  const endings = Object.keys(FORMATS_OF_ENDINGS).map((ending) => `.${ending}`);
  throw new BraidError(
    'parameterInvalid',
    `${file}: the name should end in ${endings.join(', ')}, or say --format (${FILE_FORMATS.join(', ')}); other files are for the storage: --storage`,
  );
}
