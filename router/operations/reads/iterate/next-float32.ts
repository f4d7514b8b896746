/** The next number of 32 bits, upwards or downwards. `value` is one itself, and finite. */
export function nextFloat32(value: number, isUpwards: boolean): number {
  if (value === 0) return isUpwards ? 2 ** -149 : -(2 ** -149);
  const bits = new Int32Array(Float32Array.of(value).buffer);
  bits[0]! += value > 0 === isUpwards ? 1 : -1;
  return new Float32Array(bits.buffer)[0]!;
}
