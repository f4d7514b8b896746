import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandLinePage } from '../../cli/command-line-page.ts';
import { COMMANDS } from '../../cli/commands/commands.ts';
import { HOME } from './sources.ts';

test('docs/command-line.md is what the commands say; -u writes it', async () => {
  const page = await commandLinePage();
  for (const { name } of COMMANDS) expect(page).toContain(`## braid ${name}\n`);
  await expect(page).toMatchFileSnapshot(join(HOME, 'docs/command-line.md'));
});

test('every command has examples', async () => {
  const sections = (await commandLinePage()).split('\n## ').slice(1);
  expect(sections.filter((section) => !section.includes('\nExamples:\n'))).toEqual([]);
});
