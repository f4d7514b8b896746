import { bytesColumnFrom } from '../../../../core/columns/column-operations.ts';
import { normalSparseRow } from '../../../../core/columns/sparse-rows.ts';
import { BraidError } from '../../../../core/errors.ts';
import { DataType, isDenseVector } from '../../../../core/schema/data-type.ts';
import { PlaceholderGroup, PlaceholderType } from '../../../../proto/generated/milvus/placeholder.ts';
import type { QueryTexts, QueryVectors } from '../../../operations/reads/search.ts';
import { decodeText } from './decode-text.ts';

/** The query vectors of a search: of one query a view on the message, of several one copy, one behind the other. */
export function decodePlaceholders(bytes: Uint8Array): QueryVectors | QueryTexts {
  const { placeholders } = decodeGroup(bytes);
  const placeholder = placeholders[0];
  if (!placeholder || placeholders.length > 1) {
    throw new BraidError('parameterInvalid', `a search has one placeholder, but ${placeholders.length} came`);
  }
  // Whether elements or lists are searched follows from the metric of the index; `element_level` says no more.
  const { type, values } = placeholder;
  if (type === PlaceholderType.VarChar) return { kind: 'texts', texts: values.map((value) => decodeText(value)) };
  if (type === PlaceholderType.SparseFloatVector) return decodeSparse(values);
  const listed = (type - EMBEDDING_LIST_BASE) as DataType;
  if (isDenseVector(listed)) return decodeLists(listed, values);
  if (!isDenseVector(type as DataType)) {
    throw new BraidError('notSupported', `query vectors of type ${type} are not supported by this server`);
  }
  return { kind: 'vectors', dataType: type as DataType, data: joined(values), queryCount: values.length };
}

function decodeSparse(values: readonly Uint8Array[]): QueryVectors {
  const dataType = DataType.SparseFloatVector;
  const { bytes, offsets, rowCount } = bytesColumnFrom(dataType, values.map(normalSparseRow));
  return { kind: 'vectors', dataType, data: bytes, offsets, queryCount: rowCount };
}

/** Embedding lists are numbered like their vectors, this much higher. */
const EMBEDDING_LIST_BASE = PlaceholderType.EmbListFloatVector - PlaceholderType.FloatVector;

function decodeLists(elementType: DataType, values: readonly Uint8Array[]): QueryVectors {
  const dataType = DataType.ArrayOfVector;
  const { bytes, offsets, rowCount } = bytesColumnFrom(dataType, values);
  return { kind: 'vectors', dataType, elementType, data: bytes, offsets, queryCount: rowCount };
}

function decodeGroup(bytes: Uint8Array): PlaceholderGroup {
  try {
    return PlaceholderGroup.decode(bytes);
  } catch (cause) {
    throw new BraidError('parameterInvalid', 'the placeholder group cannot be decoded', { cause });
  }
}

function joined(values: readonly Uint8Array[]): Uint8Array {
  const first = values[0];
  if (!first) return new Uint8Array(0);
  if (values.length === 1) return first;
  const out = new Uint8Array(first.length * values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value.length !== first.length) {
      throw new BraidError(
        'parameterInvalid',
        `vector dimension mismatch: query 0 has ${first.length} bytes, query ${i} has ${value.length}`,
      );
    }
    out.set(value, i * first.length);
  }
  return out;
}
