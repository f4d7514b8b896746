import { BraidError } from '../errors.ts';
import type { FieldSchema } from './collection-schema.ts';

/**
 * What knowhere takes for the parameters of vector indexes, and its words for what it does not (src/index/*_config.h). Parameters that it does not check, or that name what
 * this server builds otherwise (docs/indexes.md), are kept as they are.
 */
type Check = (name: string, text: string, field: FieldSchema) => string | undefined;

const INT32_MAX = 2_147_483_647;

const M = wholeNumber(2, 2_048);
const EF_CONSTRUCTION = wholeNumber(1, INT32_MAX);
const NLIST = wholeNumber(1, 65_536);
const GRAPH = { M, efConstruction: EF_CONSTRUCTION };
const PRODUCT = { m: divisorOfDimension('number of subquantizers (m)'), nbits: wholeNumber(1, 24) };
const REFINED = { refine: flag, refine_type: oneOf('refine type', ['sq6', 'sq8', 'fp16', 'bf16', 'fp32', 'flat']) };

const CHECKS: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  HNSW: GRAPH,
  HNSW_SQ: {
    ...GRAPH,
    sq_type: scalarQuantizer,
    refine: flag,
    refine_type: oneOf('refine type', ['sq4u', 'sq6', 'sq8', 'fp16', 'bf16', 'fp32', 'flat']),
  },
  HNSW_PQ: { ...GRAPH, ...PRODUCT, ...REFINED },
  HNSW_PRQ: { ...GRAPH, ...PRODUCT, nrq: wholeNumber(1, 16), ...REFINED },
  IVF_FLAT: { nlist: NLIST },
  IVF_SQ8: { nlist: NLIST },
  IVF_PQ: { nlist: NLIST, ...PRODUCT },
  IVF_RABITQ: { nlist: NLIST, ...REFINED },
  SCANN: { nlist: NLIST, with_raw_data: flag, sub_dim: divisorOfDimension('sub_dim') },
  BIN_IVF_FLAT: { nlist: NLIST },
  GPU_IVF_FLAT: { nlist: NLIST },
  GPU_IVF_PQ: { nlist: NLIST, m: wholeNumber(0, 65_536), nbits: wholeNumber(4, 8) },
  GPU_CAGRA: { intermediate_graph_degree: wholeNumber(1, INT32_MAX), graph_degree: wholeNumber(1, INT32_MAX) },
};

/** Parameters are texts, as `validateIndex` has flattened them. Throws `parameterInvalid`. */
export function checkIndexParams(
  indexType: string,
  params: Readonly<Record<string, string>>,
  field: FieldSchema,
): void {
  for (const [name, check] of Object.entries(CHECKS[indexType] ?? {})) {
    const text = params[name];
    if (text === undefined || text === 'null') continue;
    const problem = check(name, text, field);
    if (problem !== undefined) throw new BraidError('parameterInvalid', problem);
  }
}

function wholeNumber(least: number, most: number): Check {
  return (name, text) => {
    if (!/^\s*[+-]?\d+\s*$/.test(text)) return `invalid integer value, key: '${name}', value: '${text}'`;
    const value = Number(text);
    if (value >= least && value <= most) return undefined;
    return `Out of range in json: param '${name}' (${text.trim()}) should be in range [${least}, ${most}]`;
  };
}

function divisorOfDimension(what: string): Check {
  const inRange = wholeNumber(1, 65_536);
  return (name, text, field) => {
    const problem = inRange(name, text, field);
    if (problem !== undefined || field.dimension! % Number(text) === 0) return problem;
    return `The dimension of the vector (dim) should be a multiple of the ${what}. Dimension: ${field.dimension}, ${name}: ${text}`;
  };
}

function flag(name: string, text: string): string | undefined {
  return ['true', 'false'].includes(text.toLowerCase())
    ? undefined
    : `Type conflict in json: param '${name}' ("${text}") should be a boolean`;
}

function scalarQuantizer(_name: string, text: string): string | undefined {
  return ['sq4u', 'sq6', 'sq8', 'bf16', 'fp16'].includes(text.toLowerCase())
    ? undefined
    : 'invalid scalar quantizer type';
}

function oneOf(what: string, allowed: readonly string[]): Check {
  return (_name, text) =>
    allowed.includes(text.toLowerCase())
      ? undefined
      : `invalid ${what} : ${text}, optional types are [${allowed.join(', ')}]`;
}
