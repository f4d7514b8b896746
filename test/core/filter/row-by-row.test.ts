import fc from 'fast-check';
import { expect, it } from 'vitest';
import { matching, type Row, sourceOf } from './support.ts';

/**
 * The evaluator against a second one that shares nothing with it: every generated condition carries its text and a function that says by the rules
 * of the language whether one row makes it true, false or unknown.
 */
type Truth = boolean | undefined;
type Json = null | boolean | number | bigint | string | readonly Json[] | { readonly [key: string]: Json };
interface TestRow {
  readonly i32: number | null;
  readonly i64: bigint | null;
  readonly f: number | null;
  readonly d: number | null;
  readonly b: boolean | null;
  readonly s: string | null;
  readonly t: string | null;
  readonly ints: readonly bigint[] | null;
  readonly floats: readonly number[] | null;
  readonly words: readonly string[] | null;
  readonly j: Json | undefined;
  readonly meta: { readonly [key: string]: Json };
}
interface Condition {
  readonly text: string;
  readonly truth: (row: TestRow) => Truth;
}
type Value = number | bigint | string | boolean | readonly Value[];

const texts: fc.Arbitrary<string> = fc.constantFrom(
  '',
  'a',
  'ab',
  'abc',
  'b',
  'ä',
  '日本',
  '😀',
  'a"b',
  'a\\b',
  'a%b',
  '\n',
);
const integers = fc.oneof(
  fc.integer({ min: -3, max: 5 }).map(BigInt),
  fc.constantFrom(2n ** 31n, 2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n)),
);
const doubles = fc.constantFrom(-1.5, -0, 0.1, 0.5, 1, 2, 2.5, 1e300, 2 ** 53);
const numbers: fc.Arbitrary<number | bigint> = fc.oneof(integers, doubles);

const json: fc.Arbitrary<Json> = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    numbers,
    texts,
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('k', 'l', 'a"b'), tie('json'), { maxKeys: 2 }),
  ),
})).json;

const nullable = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { freq: 6 });
const testRow: fc.Arbitrary<TestRow> = fc.record({
  i32: nullable(fc.oneof(fc.integer({ min: -3, max: 5 }), fc.constantFrom(2 ** 31 - 1, -(2 ** 31)))),
  i64: nullable(integers),
  f: nullable(doubles.map(Math.fround)),
  d: nullable(fc.oneof(doubles, fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY))),
  b: nullable(fc.boolean()),
  s: nullable(texts),
  t: nullable(texts),
  ints: nullable(fc.array(integers, { maxLength: 3 })),
  floats: nullable(fc.array(doubles.map(Math.fround), { maxLength: 3 })),
  words: nullable(fc.array(texts, { maxLength: 3 })),
  j: fc.option(json, { freq: 6, nil: undefined }),
  meta: fc.dictionary(fc.constantFrom('k', 'l'), json, { maxKeys: 2 }),
});

function jsonText(value: Json): string {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`;
  return `{${Object.entries(value)
    .map(([key, item]) => `${JSON.stringify(key)}: ${jsonText(item)}`)
    .join(', ')}}`;
}

function literal(value: Value): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'object') return `[${value.map(literal).join(', ')}]`;
  if (typeof value === 'number')
    return Number.isInteger(value) && Math.abs(value) < 1e20
      ? `${Object.is(value, -0) ? '-0' : value}.0`
      : String(value);
  return String(value);
}

// ---- the rules ----

const OPERATORS = ['==', '!=', '<', '<=', '>', '>='] as const;
type Operator = (typeof OPERATORS)[number];

function byOrder(operator: Operator, order: number): boolean {
  return { '==': order === 0, '!=': order !== 0, '<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0 }[
    operator
  ];
}

function compareNumbers(operator: Operator, left: number | bigint, right: number | bigint): boolean {
  if (Number.isNaN(left) || Number.isNaN(right)) return operator === '!=';
  return byOrder(operator, left < right ? -1 : left > right ? 1 : 0);
}

const isNumber = (value: unknown): value is number | bigint => typeof value === 'number' || typeof value === 'bigint';

/** Values of one type compare, all others are just not equal. */
function compareAny(operator: Operator, left: Json | undefined, right: Value): boolean {
  if (isNumber(left) && isNumber(right)) return compareNumbers(operator, left, right);
  if (typeof left === 'string' && typeof right === 'string')
    return byOrder(operator, Buffer.compare(Buffer.from(left), Buffer.from(right)));
  if (typeof left === 'boolean' && typeof right === 'boolean') return byOrder(operator, Number(left) - Number(right));
  if (Array.isArray(left) && Array.isArray(right)) {
    const same = left.length === right.length && left.every((item, i) => compareAny('==', item, right[i] as Value));
    return operator === '==' ? same : operator === '!=' && !same;
  }
  return operator === '!=';
}

function step(value: Json | undefined, key: string | number): Json | undefined {
  if (Array.isArray(value)) return /^\d+$/.test(String(key)) ? value[Number(key)] : undefined;
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, Json>)[key]
    : undefined;
}

// ---- leaves ----

const operator = fc.constantFrom(...OPERATORS);
const known = <T>(value: T | null, truth: (value: T) => Truth): Truth => (value === null ? undefined : truth(value));

const numberField = fc.constantFrom('i32', 'i64', 'f', 'd');
const rounded = (name: string, value: number | bigint) =>
  name === 'f' && Number.isFinite(Math.fround(Number(value))) ? Math.fround(Number(value)) : value;

const numberComparison = fc.tuple(numberField, operator, numbers, fc.boolean()).map(
  ([name, op, value, swapped]): Condition => ({
    text: swapped
      ? `${literal(value)} ${op.replace(/[<>]/, (sign) => (sign === '<' ? '>' : '<'))} ${name}`
      : `${name} ${op} ${literal(value)}`,
    truth: (row) => known(row[name as 'i64'], (own) => compareNumbers(op, own, rounded(name, value))),
  }),
);

const range = fc
  .tuple(numberField, numbers, numbers, fc.boolean(), fc.boolean())
  .filter(([, lower, upper]) => lower < upper)
  .map(
    ([name, lower, upper, from, to]): Condition => ({
      text: `${literal(lower)} <${from ? '=' : ''} ${name} <${to ? '=' : ''} ${literal(upper)}`,
      truth: (row) =>
        known(
          row[name as 'i64'],
          (own) =>
            compareNumbers(from ? '>=' : '>', own, rounded(name, lower)) &&
            compareNumbers(to ? '<=' : '<', own, rounded(name, upper)),
        ),
    }),
  );

const numberIn = fc.tuple(numberField, fc.array(numbers, { maxLength: 4 }), fc.boolean()).map(
  ([name, values, negated]): Condition => ({
    text: `${name} ${negated ? 'not ' : ''}in ${literal(values)}`,
    truth: (row) =>
      known(
        row[name as 'i64'],
        (own) => values.some((value) => compareNumbers('==', own, rounded(name, value))) !== negated,
      ),
  }),
);

const boolComparison = fc.tuple(operator, fc.boolean()).map(
  ([op, value]): Condition => ({
    text: `b ${op} ${value}`,
    truth: (row) => known(row.b, (own) => compareAny(op, own, value)),
  }),
);

const textComparison = fc.tuple(operator, texts).map(
  ([op, value]): Condition => ({
    text: `s ${op} ${literal(value)}`,
    truth: (row) => known(row.s, (own) => compareAny(op, own, value)),
  }),
);

const textIn = fc.tuple(fc.array(texts, { maxLength: 4 }), fc.boolean()).map(
  ([values, negated]): Condition => ({
    text: `s ${negated ? 'not ' : ''}in ${literal(values)}`,
    truth: (row) => known(row.s, (own) => values.includes(own) !== negated),
  }),
);

const pattern = fc.array(fc.constantFrom('%', '_', 'a', 'b', 'ä', '\\%', '\\\\'), { maxLength: 5 });
function likes(text: string, items: readonly string[]): boolean {
  const source = items.map((item) => ({ '%': '.*', _: '.', '\\%': '%', '\\\\': '\\\\' })[item] ?? item).join('');
  return new RegExp(`^${source}$`, 'su').test(text);
}
const like = pattern.map(
  (items): Condition => ({
    text: `s like ${literal(items.join(''))}`,
    truth: (row) => known(row.s, (own) => likes(own, items)),
  }),
);

const nullCheck = fc.tuple(fc.constantFrom('i32', 'd', 's', 'b', 'j'), fc.boolean()).map(
  ([name, negated]): Condition => ({
    text: `${name} is ${negated ? 'not ' : ''}null`,
    truth: (row) => (name === 'j' ? row.j === undefined : row[name as 'i32'] === null) !== negated,
  }),
);

const fieldComparison = fc.tuple(numberField, operator, numberField).map(
  ([left, op, right]): Condition => ({
    text: `${left} ${op} ${right}`,
    truth: (row) => known(row[left as 'i64'], (a) => known(row[right as 'i64'], (b) => compareNumbers(op, a, b))),
  }),
);

const textFields = operator.map(
  (op): Condition => ({
    text: `s ${op} t`,
    truth: (row) => known(row.s, (a) => known(row.t, (b) => compareAny(op, a, b))),
  }),
);

// ---- JSON ----

interface Path {
  readonly text: string;
  /** The value there, or undefined. `unknown` where the whole field is null. */
  readonly get: (row: TestRow) => { readonly unknown: boolean; readonly value: Json | undefined };
}
const steps = fc.array(fc.constantFrom<string | number>('k', 'l', 'a"b', 0, 1), { minLength: 1, maxLength: 2 });
const path: fc.Arbitrary<Path> = fc.oneof(
  steps.map((keys) => ({
    text: `j${keys.map((key) => `[${literal(typeof key === 'number' ? BigInt(key) : key)}]`).join('')}`,
    get: (row: TestRow) => ({ unknown: row.j === undefined, value: keys.reduce<Json | undefined>(step, row.j) }),
  })),
  fc
    .constantFrom('k', 'l')
    .map((key) => ({ text: key, get: (row: TestRow) => ({ unknown: false, value: step(row.meta, key) }) })),
  fc.constant({ text: 'j', get: (row: TestRow) => ({ unknown: row.j === undefined, value: row.j }) }),
);
const onPath = (where: Path, truth: (value: Json | undefined) => Truth) => (row: TestRow) => {
  const { unknown, value } = where.get(row);
  return unknown ? undefined : truth(value);
};

const scalars: fc.Arbitrary<Value> = fc.oneof(numbers, texts, fc.boolean());
const jsonValues: fc.Arbitrary<Value> = fc.oneof(
  { weight: 4, arbitrary: scalars },
  { weight: 1, arbitrary: fc.array(scalars, { maxLength: 2 }) },
);

const jsonComparison = fc
  .tuple(path, operator, jsonValues)
  .filter(([, op, value]) => typeof value !== 'object' || op === '==' || op === '!=')
  .map(
    ([where, op, value]): Condition => ({
      text: `${where.text} ${op} ${literal(value)}`,
      truth: onPath(where, (own) => compareAny(op, own, value)),
    }),
  );

const jsonIn = fc.tuple(path, fc.array(jsonValues, { maxLength: 3 }), fc.boolean()).map(
  ([where, values, negated]): Condition => ({
    text: `${where.text} ${negated ? 'not ' : ''}in ${literal(values)}`,
    truth: onPath(where, (own) => values.some((value) => compareAny('==', own, value)) !== negated),
  }),
);

const jsonLike = fc.tuple(path, pattern).map(
  ([where, items]): Condition => ({
    text: `${where.text} like ${literal(items.join(''))}`,
    truth: onPath(where, (own) => typeof own === 'string' && likes(own, items)),
  }),
);

const keyPath = path.filter((where) => where.text !== 'j');
const exists = fc.tuple(keyPath, fc.constantFrom('exists', 'null', 'not null')).map(([where, kind]): Condition => {
  const present = (row: TestRow) => (where.get(row).value ?? null) !== null;
  if (kind === 'exists') return { text: `exists ${where.text}`, truth: onPath(where, (own) => (own ?? null) !== null) };
  return { text: `${where.text} is ${kind}`, truth: (row) => present(row) === (kind === 'not null') };
});

const contains = fc
  .tuple(path, fc.constantFrom('one', 'any', 'all'), fc.array(jsonValues, { minLength: 1, maxLength: 3 }))
  .map(([where, mode, values]): Condition => {
    const has = (own: Json | undefined, value: Value) =>
      Array.isArray(own) && own.some((item) => compareAny('==', item, value));
    if (mode === 'one') {
      return {
        text: `json_contains(${where.text}, ${literal(values[0]!)})`,
        truth: onPath(where, (own) => has(own, values[0]!)),
      };
    }
    return {
      text: `json_contains_${mode}(${where.text}, ${literal(values)})`,
      truth: onPath(where, (own) =>
        mode === 'any' ? values.some((value) => has(own, value)) : values.every((value) => has(own, value)),
      ),
    };
  });

const arrayLength = fc.tuple(path, operator, fc.integer({ min: 0, max: 3 })).map(
  ([where, op, length]): Condition => ({
    text: `array_length(${where.text}) ${op} ${length}`,
    truth: onPath(where, (own) => compareNumbers(op, Array.isArray(own) ? own.length : 0, length)),
  }),
);

// ---- arrays ----

const arrayField = fc.constantFrom('ints' as const, 'floats' as const, 'words' as const);
const constantsOf = { ints: numbers, floats: numbers, words: texts } as const;
const inElementPrecision = (name: string, value: Value) =>
  name === 'floats' && isNumber(value) ? rounded('f', value) : value;
const arrayAnd = (least: number) =>
  arrayField.chain((name) =>
    fc
      .array(constantsOf[name] as fc.Arbitrary<Value>, { minLength: least, maxLength: 3 })
      .map((values) => ({ name, values })),
  );
const index = fc.integer({ min: 0, max: 3 });

const elementComparison = fc.tuple(arrayAnd(1), index, operator).map(
  ([{ name, values }, at, op]): Condition => ({
    text: `${name}[${at}] ${op} ${literal(values[0]!)}`,
    // Where there is no such element nothing holds, also not `!=`.
    truth: (row) =>
      known<readonly Json[]>(
        row[name],
        (own) => at < own.length && compareAny(op, own[at], inElementPrecision(name, values[0]!)),
      ),
  }),
);

const elementIn = fc.tuple(arrayAnd(0), index, fc.boolean()).map(
  ([{ name, values }, at, negated]): Condition => ({
    text: `${name}[${at}] ${negated ? 'not ' : ''}in ${literal(values)}`,
    truth: (row) =>
      known<readonly Json[]>(
        row[name],
        (own) => values.some((value) => compareAny('==', own[at], inElementPrecision(name, value))) !== negated,
      ),
  }),
);

const elementSum = fc.tuple(index, index, operator, numbers).map(
  ([first, second, op, value]): Condition => ({
    text: `ints[${first}] + ints[${second}] ${op} ${literal(value)}`,
    truth: (row) =>
      known(row.ints, (own) => {
        if (Math.max(first, second) >= own.length) return false;
        return compareNumbers(op, BigInt.asIntN(64, own[first]! + own[second]!), value);
      }),
  }),
);

const arrayContains = fc
  .tuple(arrayAnd(1), fc.constantFrom('one', 'any', 'all'))
  .map(([{ name, values }, mode]): Condition => {
    const has = (own: readonly Json[], value: Value) =>
      own.some((item) => compareAny('==', item, inElementPrecision(name, value)));
    const wanted = mode === 'one' ? values.slice(0, 1) : values;
    return {
      text:
        mode === 'one'
          ? `array_contains(${name}, ${literal(values[0]!)})`
          : `array_contains_${mode}(${name}, ${literal(values)})`,
      truth: (row) =>
        known<readonly Json[]>(row[name], (own) =>
          mode === 'all' ? wanted.every((value) => has(own, value)) : wanted.some((value) => has(own, value)),
        ),
    };
  });

const arrayEquals = fc.tuple(arrayAnd(0), fc.boolean()).map(
  ([{ name, values }, negated]): Condition => ({
    text: `${name} ${negated ? '!=' : '=='} ${literal(values)}`,
    truth: (row) =>
      known<readonly Json[]>(row[name], (own) =>
        compareAny(
          negated ? '!=' : '==',
          own,
          values.map((value) => inElementPrecision(name, value)),
        ),
      ),
  }),
);

const lengthOfArray = fc.tuple(arrayField, operator, index).map(
  ([name, op, length]): Condition => ({
    text: `array_length(${name}) ${op} ${length}`,
    truth: (row) => known<readonly Json[]>(row[name], (own) => compareNumbers(op, own.length, length)),
  }),
);

const arrays = [elementComparison, elementIn, elementSum, arrayContains, arrayEquals, lengthOfArray] as const;

// ---- arithmetic ----

/** 'unknown' where a field is null or an integer is divided by zero, 'none' where a JSON value is no number. */
type Result = number | bigint | 'unknown' | 'none';
interface Term {
  readonly text: string;
  readonly value: (row: TestRow) => Result;
}

function apply(op: string, left: Result, right: Result): Result {
  if (left === 'unknown' || right === 'unknown') return 'unknown';
  if (left === 'none' || right === 'none') return 'none';
  if (typeof left === 'bigint' && typeof right === 'bigint' && op !== '**') {
    if (op === '/') return right === 0n ? 'unknown' : BigInt.asIntN(64, left / right);
    return BigInt.asIntN(64, op === '+' ? left + right : op === '-' ? left - right : left * right);
  }
  const [a, b] = [Number(left), Number(right)];
  return { '+': a + b, '-': a - b, '*': a * b, '/': a / b, '**': a ** b }[op]!;
}

const integerField = (name: 'i32' | 'i64'): Term => ({
  text: name,
  value: (row) => (row[name] === null ? 'unknown' : BigInt(row[name])),
});
const doubleField = (name: 'f' | 'd'): Term => ({ text: name, value: (row) => row[name] ?? 'unknown' });
const jsonTerm: Term = {
  text: 'j["k"]',
  value: (row) => {
    const value = step(row.j, 'k');
    if (row.j === undefined) return 'unknown';
    // What is written without point and exponent is an integer.
    return isNumber(value) ? (/^-?\d{1,19}$/.test(String(value)) ? BigInt(value) : value) : 'none';
  },
};
const term = fc.letrec<{ term: Term }>((tie) => ({
  term: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.constantFrom(integerField('i32'), integerField('i64'), doubleField('f'), doubleField('d'), jsonTerm),
    fc.tuple(tie('term'), fc.constantFrom('+', '-', '*', '/', '**'), tie('term')).map(
      ([left, op, right]): Term => ({
        text: `(${left.text} ${op} ${right.text})`,
        value: (row) => apply(op, left.value(row), right.value(row)),
      }),
    ),
    fc
      .tuple(
        tie('term'),
        fc.constantFrom('+', '-', '*', '/'),
        numbers.filter((value) => value < 0 || value > 0),
      )
      .map(
        ([left, op, value]): Term => ({
          text: `(${left.text} ${op} ${literal(value)})`,
          value: (row) => apply(op, left.value(row), value),
        }),
      ),
    tie('term').map((inner): Term => ({ text: `(-${inner.text})`, value: (row) => apply('-', 0n, inner.value(row)) })),
  ),
})).term;

const arithmetic = fc
  .tuple(term, operator, numbers)
  .filter(([left]) => left.text.startsWith('('))
  .map(
    ([left, op, value]): Condition => ({
      text: `${left.text} ${op} ${literal(value)}`,
      truth: (row) => {
        const result = left.value(row);
        if (result === 'unknown' || usesNull(left, row)) return undefined;
        return result === 'none' ? op === '!=' : compareNumbers(op, result, value);
      },
    }),
  );

/** A null field makes the comparison unknown even where a JSON value is no number. */
function usesNull(used: Term, row: TestRow): boolean {
  return (
    (['i32', 'i64', 'f', 'd'] as const).some(
      (name) => new RegExp(`\\b${name}\\b`).test(used.text) && row[name] === null,
    ) ||
    (used.text.includes('j[') && row.j === undefined)
  );
}

// ---- trees ----

const leaf = fc.oneof(
  numberComparison,
  range,
  numberIn,
  boolComparison,
  textComparison,
  textIn,
  like,
  nullCheck,
  fieldComparison,
  textFields,
  jsonComparison,
  jsonIn,
  jsonLike,
  exists,
  contains,
  arrayLength,
  arithmetic,
  ...arrays,
);

function all(truths: readonly Truth[]): Truth {
  if (truths.includes(false)) return false;
  return truths.includes(undefined) ? undefined : true;
}
const not = (truth: Truth): Truth => (truth === undefined ? undefined : !truth);

const condition = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    leaf,
    fc.array(tie('condition'), { minLength: 2, maxLength: 3 }).map((parts) => ({
      text: parts.map((part) => `(${part.text})`).join(' and '),
      truth: (row: TestRow) => all(parts.map((part) => part.truth(row))),
    })),
    fc.array(tie('condition'), { minLength: 2, maxLength: 3 }).map((parts) => ({
      text: parts.map((part) => `(${part.text})`).join(' or '),
      truth: (row: TestRow) => not(all(parts.map((part) => not(part.truth(row))))),
    })),
    tie('condition').map((part) => ({ text: `not (${part.text})`, truth: (row: TestRow) => not(part.truth(row)) })),
  ),
})).condition;

function columnRow({ meta, j, ...fields }: TestRow, index: number): Row {
  return { id: BigInt(index), ...fields, j: j === undefined ? null : jsonText(j), $meta: jsonText(meta) };
}

it('the evaluator by columns and one by rows agree', () => {
  fc.assert(
    fc.property(condition, fc.array(testRow, { maxLength: 20 }), ({ text, truth }, rows) => {
      const expected = rows.flatMap((row, index) => (truth(row) === true ? [index] : []));
      expect(matching(text, sourceOf(rows.map(columnRow))), text).toEqual(expected);
    }),
    { numRuns: 2_000 },
  );
});

it('each kind of leaf, many times', () => {
  for (const kind of [
    numberComparison,
    range,
    numberIn,
    textComparison,
    textIn,
    like,
    fieldComparison,
    jsonComparison,
    jsonIn,
    contains,
    arithmetic,
    ...arrays,
  ]) {
    fc.assert(
      fc.property(
        kind,
        fc.boolean(),
        fc.array(testRow, { minLength: 1, maxLength: 10 }),
        ({ text, truth }, negated, rows) => {
          const expected = rows.flatMap((row, index) => (truth(row) === !negated ? [index] : []));
          expect(matching(negated ? `not (${text})` : text, sourceOf(rows.map(columnRow))), text).toEqual(expected);
        },
      ),
      { numRuns: 250 },
    );
  }
});
