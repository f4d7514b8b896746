/** The candidate that differs least from the name, if it is close enough to be what was meant: a third of its letters may differ. */
export function nearestName(name: string, candidates: readonly string[]): string | undefined {
  let nearest: string | undefined;
  let best = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) >= best) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < best) {
      best = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

/** Optimal string alignment distance: letters to insert, delete, replace, or exchange with their neighbour. */
function editDistance(left: string, right: string): number {
  let beforeThat: number[] = [];
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const current = [i];
    for (let j = 1; j <= right.length; j++) {
      const replace = previous[j - 1]! + (left[i - 1] === right[j - 1] ? 0 : 1);
      const exchanged = left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1] && i > 1 && j > 1;
      const exchange = exchanged ? beforeThat[j - 2]! + 1 : replace;
      current.push(Math.min(replace, exchange, previous[j]! + 1, current[j - 1]! + 1));
    }
    beforeThat = previous;
    previous = current;
  }
  return previous[right.length]!;
}
