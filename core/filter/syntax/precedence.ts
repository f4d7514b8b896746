/**
 * How tightly operators bind, from Milvus' grammar (internal/parser/planparserv2/Plan.g4, where earlier alternatives bind tighter).
 * All binary operators group to the left, `**` too. As in C, `a & 1 == 0` is `a & (1 == 0)`. `is null` and `exists` take a field and need no level.
 *
 * One deviation: `not` binds tighter than every binary operator but `like` and `**` in Plan.g4, so that Milvus rejects `not a == 1` (it reads
 * `(not a) == 1`) although its manual gives that example. Here `not` takes the whole condition after it, up to `and` / `or`. Whatever Milvus
 * accepts means the same in both.
 */
export const PRECEDENCE = {
  or: 1,
  and: 2,
  not: 3,
  bitOr: 4,
  bitXor: 5,
  bitAnd: 6,
  equality: 7,
  relational: 8,
  membership: 9,
  additive: 10,
  multiplicative: 11,
  sign: 12,
  power: 13,
  like: 14,
  primary: 15,
} as const;
