import type { DataType } from '../schema/data-type.ts';
import type { BytesColumn } from './column.ts';
import { bytesAt, bytesColumn, bytesColumnFrom } from './column-operations.ts';

/**
 * Columns of text from and to strings, all rows in one go: encoding (or decoding) 1000 short strings one by one costs ten times as much as all of them
 * joined. In ASCII, the usual case, the places of the rows then follow from the lengths of the strings.
 */

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export function textColumn(dataType: DataType, texts: readonly string[]): BytesColumn {
  const joined = texts.join('');
  const bytes = Buffer.from(joined, 'utf8');
  const isAscii = bytes.length === joined.length;
  const offsets = new Uint32Array(texts.length + 1);
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i]!;
    offsets[i + 1] = offsets[i]! + (isAscii ? text.length : Buffer.byteLength(text, 'utf8'));
  }
  // Half a surrogate pair at the end of one text and half at the start of the next count as one character when joined.
  if (offsets[texts.length] !== bytes.length) return bytesColumnFrom(dataType, texts);
  return bytesColumn(dataType, offsets, bytes);
}

/** One string per row; what null rows hold is not promised. */
export function textsOf(column: BytesColumn): string[] {
  const { rowCount, offsets } = column;
  const first = offsets[0]!;
  const used = column.bytes.subarray(first, offsets[rowCount]!);
  const joined = decoder.decode(used);
  const texts = new Array<string>(rowCount);
  const isAscii = joined.length === used.length;
  for (let i = 0; i < rowCount; i++) {
    texts[i] = isAscii
      ? joined.slice(offsets[i]! - first, offsets[i + 1]! - first)
      : decoder.decode(bytesAt(column, i));
  }
  return texts;
}
