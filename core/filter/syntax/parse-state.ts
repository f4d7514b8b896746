import type { BraidError, ErrorName } from '../../errors.ts';
import { FILTER_LIMITS } from '../filter.ts';
import { filterError } from '../filter-error.ts';
import type { FilterNode, LiteralValue, Span } from './ast.ts';
import { Lexer, type TokenKind } from './lexer.ts';
import { readPlainValues } from './plain-values.ts';

/** What the parsing functions share: the current token, and the counts that bound the work. */
export class ParseState {
  readonly lexer: Lexer;
  #depth = 0;
  #nodeCount = 0;
  #listValueCount = 0;

  constructor(text: string) {
    this.lexer = new Lexer(text);
  }

  at(kind: TokenKind): boolean {
    return this.lexer.kind === kind;
  }

  /** Goes on if the current token is of that kind. */
  accept(kind: TokenKind): boolean {
    if (this.lexer.kind !== kind) return false;
    this.lexer.next();
    return true;
  }

  expect(kind: TokenKind): void {
    if (!this.accept(kind)) throw this.expected(kind === 'end' ? 'and, or, or the end of the filter' : `'${kind}'`);
  }

  /** Every node passes here once. */
  node<Node extends FilterNode>(node: Node): Node {
    this.#nodeCount++;
    if (this.#nodeCount > FILTER_LIMITS.nodesMax) {
      throw this.fail(
        node,
        `the filter has more than ${FILTER_LIMITS.nodesMax} nodes (nodesMax); use in [...] for many values`,
      );
    }
    return node;
  }

  /** Goes on behind the values at the start of a list that can be read without looking at tokens. */
  readPlainValues(values: LiteralValue[]): void {
    const room = FILTER_LIMITS.listValuesMax - this.#listValueCount;
    this.lexer.goTo(readPlainValues(this.lexer.text, this.lexer.start, values, room));
    this.#listValueCount += values.length;
  }

  countListValue(): void {
    this.#listValueCount++;
    if (this.#listValueCount > FILTER_LIMITS.listValuesMax) {
      throw this.fail(this.lexer, `the filter lists more than ${FILTER_LIMITS.listValuesMax} values (listValuesMax)`);
    }
  }

  /** Runs `parse` one level deeper: whatever calls itself goes through here. */
  nested<Result>(parse: () => Result): Result {
    this.#depth++;
    if (this.#depth > FILTER_LIMITS.depthMax) throw this.tooDeep(this.lexer);
    const result = parse();
    this.#depth--;
    return result;
  }

  tooDeep(span: Span): BraidError {
    return this.fail(span, `the filter is nested deeper than ${FILTER_LIMITS.depthMax} levels (depthMax)`);
  }

  expected(what: string): BraidError {
    const { kind, text, start, end } = this.lexer;
    const found = kind === 'end' ? 'the end of the filter' : text.slice(start, Math.min(end, start + 40));
    const hint = kind === '=' ? ', did you mean ==?' : '';
    return this.fail(this.lexer, `expected ${what} but found ${found}${hint}`);
  }

  fail(span: Span, detail: string, kind?: ErrorName): BraidError {
    return filterError(this.lexer.text, span, detail, kind);
  }
}
