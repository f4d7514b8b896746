import type { BytesColumn, Column } from '../columns/column.ts';
import { bytesColumnFrom, textAt } from '../columns/column-operations.ts';
import { findMember, skipSpace, skipValue, textOf } from '../filter/json/json-scan.ts';
import { DataType } from '../schema/data-type.ts';

const encoder = new TextEncoder();

/** JSON objects with the keys of others put in, row by row; of a key that both have, the value of the latter. Values stay as they are written: big integers lose no digit. */
export function mergeDocuments(old: BytesColumn, sent: BytesColumn): Column {
  const rows = Array.from({ length: sent.rowCount }, (_, row) => mergeTexts(textAt(old, row), textAt(sent, row)));
  return bytesColumnFrom(DataType.JSON, rows);
}

function mergeTexts(old: string, sent: string): string {
  const sentKeys = Object.keys(JSON.parse(sent) as object);
  const kept = Object.keys(JSON.parse(old) as object).filter((key) => !sentKeys.includes(key));
  if (sentKeys.length === 0) return old;
  if (kept.length === 0) return sent;
  return `{${[...membersOf(old, kept), ...membersOf(sent, sentKeys)].join(',')}}`;
}

/** `"key":value` of each key. */
function membersOf(document: string, keys: readonly string[]): string[] {
  const bytes = encoder.encode(document);
  const object = skipSpace(bytes, 0, bytes.length);
  return keys.map((key) => {
    const from = findMember(bytes, object, bytes.length, encoder.encode(key));
    return `${JSON.stringify(key)}:${textOf(bytes, from, skipValue(bytes, from, bytes.length))}`;
  });
}
