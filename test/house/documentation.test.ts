import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse, parseDocument } from 'yaml';
import { createProgram } from '../../cli/program.ts';
import { checkSettings } from '../../config/check-settings.ts';
import { createConfig } from '../../config/config.ts';
import { readEnvironment } from '../../config/environment-settings.ts';
import { configSchema } from '../../config/schema.ts';
import { listSettings } from '../../config/setting-list.ts';
import { BUILTIN_PLUGINS } from '../../plugins/builtin.ts';
import { type Fence, type MarkdownPage, readMarkdown, shellLines } from './markdown.ts';
import { HOME } from './sources.ts';

/** What the documentation names is there: pages and headings, pictures, files, commands with their options, settings. Generated pages are checked where they are made. */

const SKIPPED = /(^|\/)(node_modules|dist|build|\.git|data|console\/dist|\.vitest)(\/|$)/;
const GENERATED = ['docs/command-line.md', 'docs/compatibility.md', 'docs/configuration.md', 'docs/metrics.md'];
const PAGES: readonly [string, MarkdownPage][] = pathsOfPages('').map((path) => [
  path,
  readMarkdown(readFileSync(join(HOME, path), 'utf8')),
]);
const WRITTEN = PAGES.filter(([path]) => !GENERATED.includes(path) && path !== 'CHANGELOG.md');

test.each(PAGES)('%s: links lead somewhere', (path, { links }) => {
  const broken = links.filter((link) => {
    const [file, anchor] = link.split('#') as [string, string | undefined];
    const target = file === '' ? path : relative(HOME, resolve(HOME, dirname(path), file));
    if (!existsSync(join(HOME, target))) return true;
    return anchor !== undefined && PAGES.find(([name]) => name === target)?.[1].anchors.has(anchor) === false;
  });
  expect(broken).toEqual([]);
});

test('docs/README.md leads to every page beside it, README.md to it', () => {
  const pageOf = (path: string): MarkdownPage => PAGES.find(([name]) => name === path)![1];
  const named = pageOf('docs/README.md').links.map((link) => link.replace(/#.*/, ''));
  const pages = readdirSync(join(HOME, 'docs')).filter((name) => name.endsWith('.md') && name !== 'README.md');
  expect(pages.filter((name) => !named.includes(name))).toEqual([]);
  expect(pageOf('README.md').links).toContain('docs/README.md');
});

test.each(WRITTEN)('%s: files of the repository that it names are there', (path, { codes }) => {
  const rooms = readdirSync(HOME, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const isPath = (code: string): boolean =>
    rooms.some(({ name }) => code.startsWith(`${name}/`)) &&
    /^[\w./-]+\.(ts|tsx|mjs|js|py|md|json|ya?ml|proto|sh|cc)$/.test(code);
  const named = codes.filter(isPath);
  const missing = named.filter(
    (code) => ![HOME, join(HOME, dirname(path))].some((root) => existsSync(join(root, code))),
  );
  expect(missing).toEqual([]);
});

describe('commands', () => {
  const commands = new Map<string, ReadonlySet<string>>();
  const scripts = JSON.parse(readFileSync(join(HOME, 'package.json'), 'utf8')).scripts as Record<string, string>;

  beforeAll(async () => {
    for (const command of (await createProgram(undefined, true)).commands) {
      const options = command.options.flatMap(({ short, long }) => [short, long].filter((name) => name !== undefined));
      commands.set(command.name(), new Set([...options, '--help', '-h']));
    }
  });

  const linesOf = ({ fences, codes }: MarkdownPage): string[] => [...fences.flatMap(shellLines), ...codes];

  test.each(WRITTEN)('%s: braid has them, with these options', (_path, page) => {
    const problems: string[] = [];
    for (const line of linesOf(page)) {
      for (const [, words] of line.matchAll(/(?:^|[\s(])(?:\S*node cli\/braid\.mjs|braid) +([a-z][^|;&<>)]*)/g)) {
        const [name, ...rest] = words!.split(/\s+/);
        // Prose such as "braid start|status|config" and images such as "docker run braid".
        if (!/^[a-z]+$/.test(name!) || /docker build|helm |image/.test(line)) continue;
        const options = commands.get(name!);
        const unknown = rest.filter((word) => /^--?[a-z]/.test(word) && !options?.has(word.split('=')[0]!));
        if (!options || unknown.length > 0) problems.push(`${line}: ${options ? unknown : `no command ${name}`}`);
      }
    }
    expect(problems).toEqual([]);
  });

  test.each(WRITTEN)('%s: npm has these scripts', (_path, page) => {
    const named = linesOf(page).flatMap((line) => [...line.matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name!));
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });

  test.each(WRITTEN)('%s: programs that it runs are there', (_path, page) => {
    const named = linesOf(page).flatMap((line) =>
      [...line.matchAll(/(?:node|python3?) +(?:--[\w-]+ +)*([\w./-]+\.(?:ts|mjs|py))/g)].map(([, file]) => file!),
    );
    expect(named.filter((file) => !existsSync(join(HOME, file)))).toEqual([]);
  });
});

describe('settings', () => {
  const options = new Map<string, ReadonlySet<string>>();
  const schemas = new Map<string, Parameters<typeof checkSettings>[0]>();
  const kinds = Object.keys(BUILTIN_PLUGINS);
  const chart = parseDocument(readFileSync(join(HOME, 'charts/braid/values.yaml'), 'utf8'));
  /** Looks like a setting and is none: a field of ECS, a name that Consul's DNS answers. */
  const isOther = (name: string): boolean => name === 'log.level' || name.endsWith('.consul');

  beforeAll(async () => {
    for (const [kind, loaders] of Object.entries(BUILTIN_PLUGINS)) {
      const names = new Set<string>();
      for (const [name, load] of Object.entries(loaders)) {
        const { default: plugin } = await load();
        schemas.set(`${kind} ${name}`, plugin.options);
        for (const option of Object.keys(plugin.options.properties)) names.add(option);
      }
      options.set(kind, names);
    }
  });

  test.each(WRITTEN)('%s: settings and variables that it names exist', (_path, { codes, fences }) => {
    const settings = listSettings().map(({ name }) => name);
    const blocks = Object.keys(configSchema.properties);
    const unknown = codes
      .map((code) => /^([a-z]+(?:\.[a-zA-Z]+)+)(?:: .*)?$/.exec(code)?.[1])
      .filter((name) => name !== undefined)
      .filter((name) => blocks.includes(name.split('.')[0]!) && !/\.(ts|md|json|mjs|yaml|proto|sqlite)$/.test(name))
      .filter((name) => {
        const [kind, block, option] = name.split('.') as [string, string, string?];
        if (kinds.includes(kind) && block === 'with' && option) return !options.get(kind)?.has(option);
        if (isOther(name) || chart.hasIn(name.split('.'))) return false;
        return !settings.some((setting) => setting === name || setting.startsWith(`${name}.`));
      });
    expect(unknown).toEqual([]);
    const texts = [...codes, ...fences.map(({ text }) => text)];
    const variables = texts.flatMap((text) =>
      [...text.matchAll(/\bBRAID_[A-Z][A-Z0-9_]*[A-Z0-9]\b/g)].map(([name]) => name),
    );
    for (const name of variables) expect(() => readEnvironment({ [name]: '1' })).not.toThrow();
  });

  test.each(WRITTEN)('%s: what it shows of a settings file would be accepted', (_path, { fences }) => {
    const isSettingsFile = ({ language, text }: Fence): boolean => {
      const keys = [...text.matchAll(/^(\w+):/gm)].map(([, key]) => key!);
      return language === 'yaml' && keys.every((key) => key in configSchema.properties);
    };
    const blocks = fences.filter(isSettingsFile).flatMap(({ text }) => text.split(/^(?=\w+:)/m));
    for (const text of blocks) {
      const settings = (parse(text) ?? {}) as Record<string, { use?: string; with?: object }>;
      createConfig(settings);
      for (const [kind, { use, with: given }] of Object.entries(settings)) {
        const schema = schemas.get(`${kind} ${use}`);
        if (schema) checkSettings(schema, given, `${kind}.with`);
      }
    }
  });
});

function pathsOfPages(folder: string): string[] {
  return readdirSync(join(HOME, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (SKIPPED.test(path)) return [];
    if (entry.isDirectory()) return pathsOfPages(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}
