import { describe, expect, it } from 'vitest';
import type { FilterNode } from '../../../core/filter/syntax/ast.ts';
import { parseFilter } from '../../../core/filter/syntax/parse-filter.ts';
import { printFilter } from '../../../core/filter/syntax/print-filter.ts';

/** The tree with a pair of parentheses around every operation, to see how operators bind. */
function grouped(node: FilterNode): string {
  switch (node.kind) {
    case 'literal':
      return String(node.value);
    case 'field':
      return node.name;
    case 'minus':
      return `(-${grouped(node.operand)})`;
    case 'not':
      return `(not ${grouped(node.operand)})`;
    case 'logical':
      return `(${node.operands.map(grouped).join(` ${node.operator} `)})`;
    case 'like':
      return `(${grouped(node.operand)} like ${grouped(node.pattern)})`;
    case 'membership':
      return `(${grouped(node.operand)}${node.negated ? ' not' : ''} in [${grouped(node.list)}])`;
    case 'range':
      return `(${grouped(node.lower)} < ${grouped(node.operand)} < ${grouped(node.upper)})`;
    case 'nullCheck':
      return `(${grouped(node.operand)} is${node.negated ? ' not' : ''} null)`;
    case 'exists':
      return `(exists ${grouped(node.operand)})`;
    case 'arithmetic':
    case 'comparison':
      return `(${grouped(node.left)} ${node.operator} ${grouped(node.right)})`;
    default:
      throw new Error(`no case uses ${node.kind}`);
  }
}

describe('operators bind as in Plan.g4', () => {
  it.each([
    ['a == 1 or b == 2 and c == 3', '((a == 1) or ((b == 2) and (c == 3)))'],
    ['a == 1 and b == 2 and c == 3', '((a == 1) and (b == 2) and (c == 3))'],
    ['a == 1 and (b == 2 and c == 3)', '((a == 1) and ((b == 2) and (c == 3)))'],
    ['a + b * c ** d', '(a + (b * (c ** d)))'],
    ['a - b - c', '((a - b) - c)'],
    ['a ** b ** c', '((a ** b) ** c)'],
    ['-a ** 2', '(-(a ** 2))'],
    ['-a * 2', '((-a) * 2)'],
    ['2 ** -a', '(2 ** (-a))'],
    ['a + 1 in [1]', '((a + 1) in [1])'],
    ['a < b == c', '((a < b) == c)'],
    ['a == b < c', '(a == (b < c))'],
    ['a < b in [1]', '(a < (b in [1]))'],
    ['a < b + c', '(a < (b + c))'],
    ['a == b in [1]', '(a == (b in [1]))'],
    ['a + b like "x"', '(a + (b like x))'],
    ['a not in [1] and b is not null', '((a not in [1]) and (b is not null))'],
    ['not a == 1 and b == 2', '((not (a == 1)) and (b == 2))'],
    ['not not a in [1]', '(not (not (a in [1])))'],
    ['!(a > 1) || b is null', '((not (a > 1)) or (b is null))'],
    ['exists a and b like "x"', '((exists a) and (b like x))'],
    ['1 < a < 3 and b == 1', '((1 < a < 3) and (b == 1))'],
    ['3 > a > 1', '(1 < a < 3)'],
    ['+a + +b', '(a + b)'],
    ['a | b ^ c & d == e', '(a | (b ^ (c & (d == e))))'],
    ['a & b & c', '((a & b) & c)'],
    ['a == 1 and b & c', '((a == 1) and (b & c))'],
    ['not a | b', '(not (a | b))'],
  ])('%s', (text, expected) => expect(grouped(parseFilter(text))).toBe(expected));
});

describe('literals', () => {
  it.each<[string, unknown]>([
    ['0', 0n],
    ['12', 12n],
    ['-12', -12n],
    ['9223372036854775807', 9223372036854775807n],
    ['-9223372036854775808', -9223372036854775808n],
    ['0x1F', 31n],
    ['0b101', 5n],
    ['017', 15n],
    ['1.5', 1.5],
    ['.5', 0.5],
    ['5.', 5],
    ['1e3', 1000],
    ['1.5E-3', 0.0015],
    ['-1.5e+2', -150],
    ['true', true],
    ['FALSE', false],
    ['True', true],
    [`"it's"`, "it's"],
    [`'say "x"'`, 'say "x"'],
    [String.raw`"a\"b\\c\n\t\x41\101\u00e4\U0001F600"`, 'a"b\\c\n\tAAä😀'],
    [String.raw`'it\'s'`, "it's"],
    [String.raw`"50\%"`, '50\\%'],
    [String.raw`r"a\nb"`, 'a\\nb'],
    ['"日本 語"', '日本 語'],
    ['[]', []],
    ['[1, -2.5, "a", [true,], ]', [1n, -2.5, 'a', [true]]],
  ])('%s', (text, value) => expect(parseFilter(text)).toMatchObject({ kind: 'literal', value }));

  it('keeps paths of fields', () => {
    expect(parseFilter(`j["a"][0]['b c']`)).toMatchObject({ name: 'j', path: ['a', 0, 'b c'] });
    expect(parseFilter('$meta["k"]')).toMatchObject({ name: '$meta', path: ['k'] });
  });

  it('takes keywords in any case and words of operators as names', () => {
    expect(
      printFilter(parseFilter('A IN [1] AND Not b Like "x" Or Exists c Is Not Null'.replace('Exists c Is', 'c Is'))),
    ).toBe('A in [1] and not b like "x" or c is not null');
    expect(printFilter(parseFilter('is is null and null is null and iso == interval'))).toBe(
      'is is null and null is null and iso == interval',
    );
  });
});

describe('errors name the place and what was expected', () => {
  it.each([
    ['a ==', "expected a value, a field name or '(' but found the end of the filter, at position 5"],
    ['a == 1 b', 'expected and, or, or the end of the filter but found b, at position 8'],
    ['(a == 1', "expected ')' but found the end of the filter"],
    ['a in [1, 2', "expected ',' or ']' in the list but found the end"],
    ['a in [1 2]', "expected ',' or ']' in the list but found 2"],
    ['a in [b]', 'expected a constant in the list but found b'],
    ['a in [-"x"]', 'expected a number after \'-\' but found "x"'],
    ['a not 5', "expected 'in' after 'not' but found 5"],
    ['a is 5', "expected 'null' or 'not null' after 'is' but found 5"],
    ['a is not 5', "expected 'null' after 'is not' but found 5"],
    ['a = 1', 'expected and, or, or the end of the filter but found =, did you mean ==?, at position 3'],
    ['a == ä', 'unexpected character "ä"'],
    ['a == "x', 'the string is not closed'],
    ["a == 'x\\'", 'the string is not closed'],
    ['a == r"x', 'the string is not closed'],
    ['a == 12abc', 'invalid number 12abc'],
    ['a == 1.2.3', 'invalid number 1.2.3'],
    ['a == 089', 'invalid number 089'],
    ['a == 0x', 'invalid number 0x'],
    ['a == 1e999', 'number 1e999 is out of range of a double'],
    ['a == "\\U00FFFFFF"', 'is no Unicode character'],
    ['{1}', "expected the name of a template value after '{' but found 1"],
    ['{a', "expected '}'"],
    ['j[a][b] == 1', 'json key must be enclosed in double quotes or single quotes: "b"'],
    ['j[""] == 1', 'expected a quoted key or an index but found ""'],
    ['j[-1] == 1', 'expected a quoted key or an index but found -'],
    ['j["a" == 1', "expected ']' but found =="],
    ['1 < a > 3', 'both operators of a range must point the same way, but found < and >'],
    ['exists 5', "expected a JSON key after 'exists' but found 5"],
    ['foo(a)', 'unknown function foo, expected one of json_contains,'],
    ['json_contains(5, 1)', 'the first argument of json_contains must be a field or a JSON key'],
    ['json_contains(a)', "expected ',' but found )"],
    ['match_least(a, $[b] == 1)', "expected ', threshold = …'"],
    ['match_least(a, $[b] == 1, 3)', "expected 'threshold = …' but found 3"],
    ['match_least(a, $[b] == 1, threshold = 1.5)', 'expected a whole number but found 1.5'],
    ['match_any(a, $[b] == 1, threshold = 1)', "expected ')' but found ,"],
    ['$x == 1', '$x is not supported, only $meta and $[…] are'],
    ['array_length(a, 1)', "expected ')' but found ,"],
  ])('%s', (text, message) => expect(() => parseFilter(text)).toThrow(message));

  it('in the words of Milvus, with an excerpt and carets below the fault', () => {
    expect(() => parseFilter('price > 10 and\ncolour ==')).toThrow(
      [
        "failed to create query plan: cannot parse expression: price > 10 and colour ==, error: expected a value, a field name or '(' " +
          'but found the end of the filter, at position 25',
        '    price > 10 and colour ==',
        '                            ^',
      ].join('\n'),
    );
    expect(() => parseFilter(`${'a == 1 and '.repeat(50)}b = 2`)).toThrow(/ and b = 2\n +\^$/);
  });

  it.each([
    ['a << 1 == 2', 'shift and complement are not supported: <<'],
    ['~a == 2', 'shift and complement are not supported: ~'],
    ['a =~ "x"', 'regular expressions are not supported, use like: =~'],
    ['membership_match(a, "x")', 'function membership_match is not supported'],
  ])('%s is not supported', (text, message) => {
    expect(() => parseFilter(text)).toThrow(
      expect.objectContaining({ kind: 'notSupported', message: expect.stringContaining(message) }),
    );
  });

  it('lets fields have the names of functions', () => {
    expect(printFilter(parseFilter('st_name == "x" and array_length > 1'))).toBe('st_name == "x" and array_length > 1');
  });
});
