import type { BraidError, ErrorName } from '../../errors.ts';
import {
  type CollectionSchema,
  DYNAMIC_FIELD_NAME,
  dynamicField,
  type FieldSchema,
  fieldByName,
  subFieldName,
} from '../../schema/collection-schema.ts';
import { DataType, isVector } from '../../schema/data-type.ts';
import type { ElementTest, TemplateValue } from '../filter.ts';
import { filterError } from '../filter-error.ts';
import type { FieldNode, LiteralValue, MatchNode, Span, TemplateNode } from '../syntax/ast.ts';
import { ELEMENT_NAME } from '../syntax/lexer.ts';
import { nearestName } from './nearest-name.ts';
import { checkTemplateValue } from './template-value.ts';

const ELEMENT_PREFIX = `${ELEMENT_NAME}[`;
const FIELDS_SHOWN_MAX = 10;
const NAME_COMPARED_MAX = 255;

/** A filter and what it is checked against. */
export interface FilterContext {
  readonly text: string;
  readonly schema: CollectionSchema;
  readonly templates: ReadonlyMap<string, TemplateValue>;
  /** Of timestamps that name no offset. */
  readonly zone: string;
}

/** An `element_filter` and where it stands. */
export interface PlacedElementTest {
  readonly node: MatchNode;
  readonly test: ElementTest;
}

/** What a filter is checked against: the fields of a collection and the template values of a request; and the way to say what is wrong. */
export class Scope {
  readonly #given: FilterContext;
  readonly #structName: string | undefined;
  readonly #elementTests: PlacedElementTest[] = [];

  constructor(given: FilterContext, structName?: string) {
    this.#given = given;
    this.#structName = structName;
  }

  get schema(): CollectionSchema {
    return this.#given.schema;
  }

  get zone(): string {
    return this.#given.zone;
  }

  /** The `element_filter`s that were met so far. */
  get elementTests(): readonly PlacedElementTest[] {
    return this.#elementTests;
  }

  addElementTest(test: PlacedElementTest): void {
    this.#elementTests.push(test);
  }

  /** The scope of a condition over the elements of a struct: `$[sub]` is a field there, and no other name is. */
  withinStruct(name: string): Scope {
    return new Scope(this.#given, name);
  }

  fail(span: Span, detail: string, kind?: ErrorName): BraidError {
    return filterError(this.#given.text, span, detail, kind);
  }

  /** The field of a name and the JSON path within it: a name that is no field is a key of the dynamic field, if there is one. */
  resolve(node: FieldNode): { readonly field: FieldSchema; readonly path: readonly (string | number)[] } {
    if (node.name.startsWith(ELEMENT_PREFIX) || this.#structName !== undefined) return this.#resolveSubField(node);
    const dynamic = dynamicField(this.schema);
    if (node.name === DYNAMIC_FIELD_NAME && dynamic) return { field: dynamic, path: node.path };
    const field = fieldByName(this.schema, node.name);
    if (field) return { field, path: node.path };
    const [name, subField] = node.name.split(/[[\]]/);
    if (subField !== undefined) throw this.#unknownSubField(node, name!, subField);
    if (/^null$/i.test(node.name)) {
      throw this.fail(node, 'null is no value to compare with, use "is null" or "is not null"');
    }
    if (!dynamic) throw this.#unknownField(node);
    return { field: dynamic, path: [node.name, ...node.path] };
  }

  template(node: TemplateNode): LiteralValue {
    const value = this.#given.templates.get(node.name);
    if (value === undefined) {
      throw this.fail(node, `the value of expression template variable name {${node.name}} is not found`);
    }
    const fault = checkTemplateValue(value);
    if (fault) throw this.fail(node, `template variable {${node.name}} ${fault}`);
    return value;
  }

  /** The field of an element: of the elements' type, under the id of the array. */
  #resolveSubField(node: FieldNode): { readonly field: FieldSchema; readonly path: readonly (string | number)[] } {
    const struct = this.#structName;
    if (struct === undefined) throw this.fail(node, `${node.name} is only known within element_filter and match_…`);
    if (!node.name.startsWith(ELEMENT_PREFIX)) {
      throw this.fail(node, `only fields of the element are known here, written $[name], but not ${node.name}`);
    }
    const subField = node.name.slice(ELEMENT_PREFIX.length, -1);
    const field = fieldByName(this.schema, subFieldName(struct, subField));
    if (!field) throw this.#unknownSubField(node, struct, subField);
    if (field.dataType !== DataType.Array) return { field, path: node.path };
    const { elementType, maxCapacity: _, ...others } = field;
    return { field: { ...others, name: node.name, dataType: elementType! }, path: node.path };
  }

  #unknownSubField(node: FieldNode, name: string, subField: string): BraidError {
    if (this.schema.structs.some((struct) => struct.name === name)) {
      return this.fail(node, `field ${subField} not exist in struct ${name}`);
    }
    return this.fail(node, `json key must be enclosed in double quotes or single quotes: "${subField}"`);
  }

  #unknownField(node: FieldNode): BraidError {
    const names = this.schema.fields.filter((field) => !isVector(field.dataType)).map((field) => field.name);
    const nearest = nearestName(node.name.slice(0, NAME_COMPARED_MAX), names);
    const more = names.length > FIELDS_SHOWN_MAX ? ', …' : '';
    const hint = nearest
      ? `did you mean ${nearest}?`
      : `scalar fields are ${names.slice(0, FIELDS_SHOWN_MAX).join(', ')}${more}`;
    return this.fail(node, `field ${node.name} not exist, ${hint}`);
  }
}
