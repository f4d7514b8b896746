import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

/** WCAG 2.2, 1.4.3, level AA. Figures of charts and drawings stand beside them as text. */
const TEXT_MIN = 4.5;
const css = readFileSync(new URL('../../console/src/styles/base.css', import.meta.url), 'utf8');

function tokens(block: string): ReadonlyMap<string, string> {
  const body = css.slice(css.indexOf(block)).split('}')[0]!;
  return new Map(Array.from(body.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g), ([, name, color]) => [name!, color!]));
}

function luminance(color: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(left: string, right: string): number {
  const [dark, light] = [luminance(left), luminance(right)].sort((a, b) => a - b);
  return (light! + 0.05) / (dark! + 0.05);
}

describe.each([
  ['light', ':root {'],
  ['dark', ':root[data-theme="dark"] {'],
])('the colors of the %s theme', (_, block) => {
  const colors = tokens(block);
  const pairs = ['back', 'card', 'sunken'].flatMap((ground) =>
    ['text', 'muted', 'accent', 'good', 'warn', 'bad'].map((ink) => [ink, ground] as const),
  );
  const own = ['good', 'warn', 'bad'].map((ink) => [ink, `${ink}-back`] as const);

  test.each([...pairs, ...own, ['on-accent', 'accent'], ['text', 'bad-back']] as const)(
    '%s on %s can be read',
    (ink, ground) => {
      expect(contrast(colors.get(ink)!, colors.get(ground)!)).toBeGreaterThanOrEqual(TEXT_MIN);
    },
  );
});
