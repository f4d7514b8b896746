import { expect, test } from 'vitest';
import { addFunction, alterFunction, dropFunction } from '../../../core/schema/change-functions.ts';
import { type CollectionSchema, nextFieldId } from '../../../core/schema/collection-schema.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import { dropField } from '../../../core/schema/drop-field.ts';
import { type FieldDraft, validateCollectionSchema } from '../../../core/schema/validate-collection-schema.ts';
import { validateField } from '../../../core/schema/validate-field.ts';

function field(name: string, dataType: DataType, change: Partial<FieldDraft> = {}): FieldDraft {
  const isNot = { isPrimaryKey: false, autoId: false, nullable: false, isPartitionKey: false, isClusteringKey: false };
  return { name, description: '', dataType, ...isNot, typeParams: {}, ...change };
}

const words = {
  name: 'words',
  description: '',
  type: 'BM25',
  inputFieldNames: ['text'],
  outputFieldNames: ['sparse'],
  params: {},
};

const sparse = validateField(field('sparse', DataType.SparseFloatVector), 0);

function schemaWith(textParams: Readonly<Record<string, string>>): CollectionSchema {
  return validateCollectionSchema({
    name: 'things',
    description: '',
    enableDynamicField: true,
    autoId: false,
    fields: [
      field('id', DataType.Int64, { isPrimaryKey: true }),
      field('vector', DataType.FloatVector, { typeParams: { dim: '4' } }),
      field('text', DataType.VarChar, {
        typeParams: { max_length: '10', enable_analyzer: 'true', ...textParams },
      }),
    ],
    functions: [],
    structs: [],
  });
}

const names = ({ fields }: CollectionSchema) => fields.map(({ name }) => name);

test('a function and its field are added before what clients do not see, and go again; ids are not given twice', () => {
  const plain = schemaWith({});
  const added = addFunction(plain, words, sparse);
  expect(names(added)).toEqual(['id', 'vector', 'text', 'sparse', '$meta']);
  expect(added.functions).toMatchObject([{ name: 'words', sinceVersion: 2, outputFieldIds: [104] }]);
  const dropped = dropFunction(added, 'words', true);
  expect(names(dropped)).toEqual(names(plain));
  expect(dropped).toMatchObject({ functions: [], version: 3 });
  expect(nextFieldId(dropped)).toBe(105);
  expect(addFunction(dropped, words, sparse).functions[0]!.outputFieldIds).toEqual([105]);
});

test('a text with enable_match has terms at any time', () => {
  const matched = schemaWith({ enable_match: 'true' });
  expect(names(matched)).toEqual(['id', 'vector', 'text', '$terms(text)', '$meta']);
  const both = addFunction(matched, words, sparse);
  expect(both.functions.map(({ name }) => name)).toEqual(['$terms(text)', 'words']);
  expect(dropFunction(both, 'words', true).functions).toEqual(matched.functions);
  const bare = dropField(both, 'vector');
  expect(names(bare)).toEqual(['id', 'text', 'sparse', '$terms(text)', '$meta']);
});

test('an output that stays is a nullable field with another id', () => {
  const dropped = dropFunction(addFunction(schemaWith({}), words, sparse), 'words', false);
  expect(dropped.fields.find(({ name }) => name === 'sparse')).toMatchObject({ id: 105, nullable: true });
});

test('what is not there, is there already or is in use is refused', () => {
  const added = addFunction(schemaWith({}), words, sparse);
  expect(() => addFunction(added, words, undefined)).toThrow('duplicate function name: words');
  expect(() => addFunction(added, { ...words, name: 'more' }, undefined)).toThrow('duplicate function output field');
  expect(() => addFunction(schemaWith({}), words, undefined)).toThrow('function output field not found: sparse');
  expect(() => dropFunction(added, 'other', true)).toThrow('function not found: other');
  expect(() => dropField(added, 'text')).toThrow('function words uses it');
  expect(() => dropField(added, 'sparse')).toThrow('function words uses it');
  expect(() => dropField(added, 'id')).toThrow('it is a key');
  expect(() => dropField(schemaWith({}), 'vector')).toThrow('the last one cannot be dropped');
  expect(() => alterFunction(added, 'words', { ...words, name: 'other' })).toThrow('the name of function words');
  expect(alterFunction(added, 'words', { ...words, description: 'd' }).functions).toMatchObject([{ description: 'd' }]);
});
