import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { SettingSchema } from '../../config/check-settings.ts';
import { configurationPage, type DocumentedPlugin } from '../../config/configuration-page.ts';
import { listSettings } from '../../config/setting-list.ts';
import { BUILTIN_PLUGINS } from '../../plugins/builtin.ts';
import { HOME } from './sources.ts';

async function builtinPlugins(): Promise<DocumentedPlugin[]> {
  const loaders = Object.values(BUILTIN_PLUGINS).flatMap((loaders) => Object.values(loaders));
  const modules = await Promise.all(loaders.map((load) => load()));
  return modules.map(({ default: { kind, name, options } }) => ({ kind, name, options: options as SettingSchema }));
}

test('docs/configuration.md is what the schema and the plugins say; a new setting: -u writes it', async () => {
  const page = configurationPage(await builtinPlugins());
  await expect(page).toMatchFileSnapshot(join(HOME, 'docs/configuration.md'));
});

test('every setting has its line, and every option of a plugin says what it is for', async () => {
  const plugins = await builtinPlugins();
  const page = configurationPage(plugins);
  for (const { name, variable } of listSettings()) expect(page).toContain(`\n| \`${name}\` | \`${variable}\` | `);
  const undescribed = plugins.flatMap(({ kind, name, options }) =>
    Object.entries(options.properties ?? {})
      .filter(([, option]) => !option.description)
      .map(([key]) => `${kind} ${name}: ${key}`),
  );
  expect(undescribed).toEqual([]);
});
