import { styleText } from 'node:util';

/** What a colour says. */
export type Tone = 'good' | 'poor' | 'bad' | 'quiet' | 'head';

const STYLES = { good: 'green', poor: 'yellow', bad: 'red', quiet: 'dim', head: 'bold' } as const;

/** Text in the colour of a tone, where standard output is a terminal that has colours; NO_COLOR, FORCE_COLOR and --no-color are obeyed. */
export function paint(text: string, tone: Tone): string {
  return styleText(STYLES[tone], text, { stream: process.stdout });
}
