/**
 * How tightly operators bind, from Milvus' grammar (internal/parser/planparserv2/Plan.g4, where earlier alternatives bind tighter).
 * All binary operators group to the left, `**` too. `is null` and `exists` take a field and need no level.
 *
 * One deviation: `not` binds tighter than every binary operator but `like` and `**` in Plan.g4, so that Milvus rejects `not a == 1` (it reads
 * `(not a) == 1`) although its manual gives that example. Here `not` takes the whole condition after it, up to `and` / `or`. Whatever Milvus
 * accepts means the same in both.
 */
export const PRECEDENCE = {
  or: 1,
  and: 2,
  not: 3,
  equality: 4,
  relational: 5,
  membership: 6,
  additive: 7,
  multiplicative: 8,
  sign: 9,
  power: 10,
  like: 11,
  primary: 12,
} as const;
