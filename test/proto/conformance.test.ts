import { readdirSync, readFileSync } from 'node:fs';
import protobuf from 'protobufjs';
import { describe, expect, test } from 'vitest';
import { sdkRoot } from './sdk-root.ts';

const FOLDER = new URL('../../proto/milvus/', import.meta.url);
const SERVICE = 'milvus.proto.milvus.MilvusService';

/** Fields that we declare as bytes and the SDK as packed numbers: the same on the wire. The only ones that may differ. */
const LENS: ReadonlyMap<string, { ours: string; sdk: string }> = new Map([
  ['milvus.proto.schema.SearchResultData.scores', { ours: '4: bytes', sdk: '4: repeated float' }],
]);

/** Files whose messages are cut down to the status, and messages of which we leave fields out. All others are complete. */
const REDUCED_FILES = ['unsupported.proto', 'feder.proto'];
const REDUCED_MESSAGES = ['milvus.proto.common.MsgBase'];

/** What a descriptor says, one line per field, enum value and rpc, by full name. */
type Facts = Map<string, string>;

function factsOf(namespace: protobuf.NamespaceBase, facts: Facts = new Map()): Facts {
  const name = (object: protobuf.ReflectionObject) => object.fullName.slice(1);
  for (const item of namespace.nestedArray) {
    if (item instanceof protobuf.Type) for (const field of item.fieldsArray) facts.set(name(field), fieldFact(field));
    if (item instanceof protobuf.Enum) {
      for (const [value, number] of Object.entries(item.values)) facts.set(`${name(item)}.${value}`, String(number));
    }
    if (item instanceof protobuf.Service) {
      for (const method of item.methodsArray) facts.set(name(method), methodFact(method));
    }
    if (item instanceof protobuf.Namespace) factsOf(item, facts);
  }
  return facts;
}

function fieldFact(field: protobuf.Field): string {
  const type = field.resolvedType?.fullName.slice(1) ?? field.type;
  const shape = field instanceof protobuf.MapField ? `map<${field.keyType}, ${type}>` : type;
  return `${field.id}: ${field.repeated ? 'repeated ' : ''}${shape}${field.partOf ? ` of ${field.partOf.name}` : ''}`;
}

function methodFact(method: protobuf.Method): string {
  const side = (stream: boolean | undefined, type: protobuf.Type | null) =>
    `${stream ? 'stream ' : ''}${type?.fullName.slice(1)}`;
  return `${side(method.requestStream, method.resolvedRequestType)} -> ${side(method.responseStream, method.resolvedResponseType)}`;
}

interface OurProtos {
  root: protobuf.Root;
  /** The full names of messages and enums that claim to be complete. */
  complete: string[];
}

/** Our files, changed by `edit` first where a test wants to see a difference. */
function ourProtos(edit: (text: string) => string = (text) => text): OurProtos {
  const root = new protobuf.Root();
  const reduced = new Set(REDUCED_MESSAGES);
  for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.proto'))) {
    const text = edit(readFileSync(new URL(file, FOLDER), 'utf8'));
    const parsed = protobuf.parse(text, root, { keepCase: true });
    if (!REDUCED_FILES.includes(file)) continue;
    for (const [, message] of text.matchAll(/^message (\w+)/gm)) reduced.add(`${parsed.package}.${message}`);
  }
  root.resolveAll();
  return { root, complete: declaredTypes(root).filter((name) => !reduced.has(name)) };
}

function declaredTypes(namespace: protobuf.NamespaceBase): string[] {
  return namespace.nestedArray.flatMap((item) => {
    const own = item instanceof protobuf.Type || item instanceof protobuf.Enum ? [item.fullName.slice(1)] : [];
    return item instanceof protobuf.Namespace ? [...own, ...declaredTypes(item)] : own;
  });
}

const sdk = factsOf(sdkRoot());

/** Every disagreement between the SDK and us, as readable lines. */
function differences({ root, complete }: OurProtos): string[] {
  const lines: string[] = [];
  const ours = factsOf(root);
  for (const [name, fact] of ours) {
    const lens = LENS.get(name);
    const expected = lens ? lens.ours : sdk.get(name);
    if (fact !== expected) lines.push(`${name} is "${fact}" here and "${expected}" there`);
    if (lens && sdk.get(name) !== lens.sdk) lines.push(`${name} is not "${lens.sdk}" there`);
  }
  const parents = new Set([...complete, SERVICE]);
  for (const [name, fact] of sdk) {
    const parent = name.slice(0, name.lastIndexOf('.'));
    if (parents.has(parent) && !ours.has(name)) lines.push(`${name} is "${fact}" there and missing here`);
  }
  return lines;
}

describe('the protos agree with the SDK', () => {
  test('in every field, enum value and rpc', () => {
    expect(differences(ourProtos())).toEqual([]);
  });

  test('over the whole service and most of the messages', () => {
    const { root, complete } = ourProtos();
    expect(root.lookupService(SERVICE).methodsArray).toHaveLength(143);
    expect(complete.length).toBeGreaterThan(250);
    expect(complete).toContain('milvus.proto.milvus.AlterCollectionSchemaRequest.DropRequest');
  });

  test.each([
    ['a field number', 'string collection_name = 3;', 'string collection_name = 33;'],
    ['a field type', 'uint32 num_rows = 7;', 'int32 num_rows = 7;'],
    ['a field name', 'int64 insert_cnt = 6;', 'int64 insert_count = 6;'],
    ['one value for many', 'repeated bytes contents = 1;', 'bytes contents = 1;'],
    ['a type of the same name', 'schema.StructArrayFieldSchema struct_array', 'schema.FunctionSchema struct_array'],
    ['the value of a map', 'map<string, uint64> coll_flush_ts = 6;', 'map<string, int64> coll_flush_ts = 6;'],
    ['presence', 'optional string namespace = 9;', 'string namespace = 9;'],
    ['a oneof', 'oneof search_input {', 'oneof search_source {'],
    ['a field left out', 'bool partial_update = 9;', ''],
    ['an enum value', 'SparseFloatVector = 104;', 'SparseFloatVector = 107;'],
    ['an enum value left out', 'SchemaMismatch = 62;', ''],
    ['a lens that is none', 'bytes scores = 4;', 'string scores = 4;'],
    ['an rpc left out', /rpc Upsert\(.*/, ''],
    [
      'the answer of an rpc',
      'rpc Flush(FlushRequest) returns (FlushResponse)',
      'rpc Flush(FlushRequest) returns (common.Status)',
    ],
    ['a stream', 'returns (stream DumpMessagesResponse)', 'returns (DumpMessagesResponse)'],
    ['a field of ours alone', 'string primary_field_name = 6;', 'string primary_field_name = 6; string mine = 99;'],
  ])('and a difference in %s shows', (_name, from, to) => {
    let edited = false;
    const protos = ourProtos((text) => {
      const result = text.replace(from, to);
      edited ||= result !== text;
      return result;
    });
    expect(edited).toBe(true);
    expect(differences(protos)).not.toEqual([]);
  });
});
