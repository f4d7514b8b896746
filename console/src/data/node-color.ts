/** Told apart in the dark and in the light, also by most who see colors differently (after Okabe and Ito); later ones go around the color circle. */
const FIRST = ['#4e8ef7', '#e39b1f', '#1fae7e', '#c86bd1', '#e0605a', '#17a9bd', '#9a8cff', '#8aa51c'] as const;
const GOLDEN_ANGLE = 137.508;

/** Gray for who has no place (-1). */
export function nodeColor(place: number): string {
  if (place < 0) return 'var(--muted)';
  return FIRST[place] ?? `hsl(${Math.round((place * GOLDEN_ANGLE) % 360)} 55% ${place % 2 === 0 ? 50 : 60}%)`;
}
