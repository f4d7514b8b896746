/** Where keys of 32 bits lie on a circle: 0 at the top, clockwise. Coordinates are those of an SVG around (0, 0). */

const KEYS = 2 ** 32;

export type Arc = readonly [end: number, place: number];

export function pointAt(key: number, radius: number): readonly [x: number, y: number] {
  const angle = (key / KEYS) * 2 * Math.PI;
  return [rounded(Math.sin(angle) * radius), rounded(-Math.cos(angle) * radius)];
}

/** The key at a place of the drawing. */
export function keyAt(x: number, y: number): number {
  const angle = Math.atan2(x, -y);
  return Math.floor(((angle < 0 ? angle + 2 * Math.PI : angle) / (2 * Math.PI)) * KEYS) % KEYS;
}

/** All arcs of one member as one path of a band between two radii. */
export function bandOf(arcs: readonly Arc[], place: number, inner: number, outer: number): string {
  return arcs
    .flatMap(([end, owner], i) =>
      owner === place ? [pieceOf(i === 0 ? arcs.at(-1)![0] - KEYS : arcs[i - 1]![0], end, inner, outer)] : [],
    )
    .join('');
}

/** The member that a key belongs to: that of the first arc which ends at it or after it. */
export function placeAt(arcs: readonly Arc[], key: number): number {
  let [low, high] = [0, arcs.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (arcs[middle]![0] < key) low = middle + 1;
    else high = middle;
  }
  return arcs[low % arcs.length]![1];
}

function pieceOf(begin: number, end: number, inner: number, outer: number): string {
  const isLarge = end - begin > KEYS / 2 ? 1 : 0;
  // A whole circle has no direction: two keys less give it one.
  const from = end - begin >= KEYS ? begin + 2 : begin;
  const [a, b, c, d] = [pointAt(from, outer), pointAt(end, outer), pointAt(end, inner), pointAt(from, inner)];
  return `M${a}A${outer} ${outer} 0 ${isLarge} 1 ${b}L${c}A${inner} ${inner} 0 ${isLarge} 0 ${d}Z`;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
