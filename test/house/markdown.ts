/** A page of Markdown, taken apart as far as the tests of the documentation need it. */
export interface MarkdownPage {
  /** Targets of links and images that lie in the repository: `../README.md#words`. */
  readonly links: readonly string[];
  /** Ids of the headings as GitHub makes them. */
  readonly anchors: ReadonlySet<string>;
  readonly fences: readonly Fence[];
  /** Texts between backticks, outside of fences. */
  readonly codes: readonly string[];
}

export interface Fence {
  /** What follows the backticks: `yaml`, or nothing. */
  readonly language: string;
  readonly text: string;
}

const FENCE = /^```(\w*)[^\n]*\n([\s\S]*?)^```/gm;
const LINK = /\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g;

export function readMarkdown(text: string): MarkdownPage {
  const fences = [...text.matchAll(FENCE)].map(([, language, body]) => ({ language: language!, text: body! }));
  const prose = text.replace(FENCE, '');
  const codes = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!);
  const targets = [...prose.replace(/`[^`\n]*`/g, '``').matchAll(LINK)].map(([, target]) => target!);
  return {
    links: targets.filter((target) => !/^[a-z]+:/.test(target)),
    anchors: new Set(anchorsOf(prose)),
    fences,
    codes,
  };
}

/** Lower-case, without punctuation, spaces as hyphens; the second of the same name ends with -1. */
function* anchorsOf(prose: string): Generator<string> {
  const seen = new Map<string, number>();
  for (const [, heading] of prose.matchAll(/^#{1,6} +(.+?) *$/gm)) {
    const slug = heading!
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{Letter}\p{Number}\- _]/gu, '')
      .replaceAll(' ', '-');
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    yield before === 0 ? slug : `${slug}-${before}`;
  }
}

/** The lines of a shell fence as a shell would run them: continued lines joined, comments left out. */
export function shellLines({ language, text }: Fence): string[] {
  if (!['', 'sh', 'bash'].includes(language)) return [];
  return text
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
}
