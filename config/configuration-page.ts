import { describeAllowed, type SettingSchema } from './check-settings.ts';
import { defaultText } from './example-config.ts';
import { configSchema } from './schema.ts';
import { variableName } from './setting-list.ts';
import { formatQuantity } from './setting-types.ts';

/** A plugin that comes with Braid, as the page needs it. */
export interface DocumentedPlugin {
  readonly kind: string;
  readonly name: string;
  readonly options: SettingSchema;
}

const HEAD = `# Configuration

Every setting, made from \`config/schema.ts\` and the options of the plugins. \`test/config/configuration-page.test.ts\` fails while this page is not current; whoever adds a setting writes it anew:
\`npx vitest run test/config -u\`. \`braid config\` shows what a process would use and where each value comes from; \`braid config --example\` prints a file with all of them.

## How a setting is given

Later ones win:

1. its default;
2. the file: \`--config FILE\`, else what \`BRAID_CONFIG\` names, else \`braid.yaml\` in the working folder;
3. its variable;
4. an option of the command, such as \`--role\`.

- **Names.** \`router.port\` is \`port\` in the block \`router\` of the file. Names that do not exist are refused, with the nearest one that does; so are variables that begin with \`BRAID_\` and name nothing.
- **Durations** are milliseconds, or text: \`250ms\`, \`30s\`, \`5m\`, \`2h\`, \`1d\`. **Sizes** are bytes, or text: \`512KB\`, \`64MB\`, \`2GB\`, always powers of 1024.
- **Lists** in variables are separated by commas. A value that begins with \`[\` or \`{\` is read as YAML: \`BRAID_NODE_LABELS='{ disk: ssd }'\`.
- **Options of plugins** have variables, too: \`BRAID_METADATA_WITH_HOST=db\` is \`metadata.with.host\`; all at once: \`BRAID_METADATA_WITH='{ host: db, user: braid }'\`. What lies deeper, such as \`tls.caFile\`, is given with the
  option that holds it: \`BRAID_METADATA_WITH_TLS='{ caFile: ca.pem }'\`.
- **Relative paths** of the data folder, lists of members and certificates begin at the folder of the file (without one: the working folder). What a process writes is below its data folder.
- **Secrets** are shown as \`****\` by \`braid config\` and kept out of logs.
- A setting that is wrong stops the start with one line that names it, its value and what is allowed. Nothing is read again while a process runs; only the level of the log can be changed ([logs.md](logs.md)).

"Read by" says which roles a setting matters to. Every process opens the plugins for discovery, routing, metadata, storage and tracing, whatever its role; so their settings must be right everywhere.
All processes of a cluster may use the same file: what differs is given by variables.
`;

const TABLE =
  '| setting | variable | value | default | read by | what it is for |\n| --- | --- | --- | --- | --- | --- |';
const OPTIONS = '| option | variable | value | default | what it is for |\n| --- | --- | --- | --- | --- |';

/** The text of docs/configuration.md. The plugins of one kind stand together. */
export function configurationPage(plugins: readonly DocumentedPlugin[]): string {
  const settings = Object.entries(configSchema.properties as Record<string, SettingSchema>);
  const isPlugin = ([key]: readonly [string, unknown]): boolean => plugins.some(({ kind }) => kind === key);
  const isBlock = ([, schema]: readonly [string, SettingSchema]): boolean => schema.properties !== undefined;
  const blocks = settings.filter((setting) => isBlock(setting) && !isPlugin(setting));
  return [
    HEAD,
    section(
      'The process',
      undefined,
      settings.filter((setting) => !isBlock(setting)).flatMap(([key, schema]) => rowsOf(schema, [key], undefined)),
    ),
    ...blocks.map(([key, schema]) => section(key, schema.description, rowsOf(schema, [key], undefined))),
    ...settings.filter(isPlugin).map(([key, schema]) => pluginSections(key, schema, plugins)),
  ].join('\n');
}

function pluginSections(kind: string, schema: SettingSchema, plugins: readonly DocumentedPlugin[]): string {
  const own = plugins.filter((plugin) => plugin.kind === kind);
  const parts = own.map(({ name, options }) => {
    const rows = optionRows(kind, options, []);
    return `### ${kind}: ${name}\n\n${rows.length === 0 ? 'No options.' : [OPTIONS, ...rows].join('\n')}\n`;
  });
  return [section(kind, schema.description, rowsOf(schema, [kind], undefined)), ...parts].join('\n');
}

function section(title: string, description: string | undefined, rows: readonly string[]): string {
  return [`## ${title}\n`, ...(description === undefined ? [] : [`${description}\n`]), TABLE, ...rows, ''].join('\n');
}

function rowsOf(schema: SettingSchema, path: readonly string[], inherited: readonly string[] | undefined): string[] {
  const readBy = schema.readBy ?? inherited;
  if (schema.properties !== undefined) {
    return Object.entries(schema.properties).flatMap(([key, child]) => rowsOf(child, [...path, key], readBy));
  }
  return [
    row(
      code(path.join('.')),
      code(variableName(path)),
      allowed(schema),
      defaultOf(schema, false),
      readBy?.join(', ') ?? 'all',
      schema.description ?? '',
    ),
  ];
}

/** `path`: of the block of options that `schema` is. */
function optionRows(kind: string, schema: SettingSchema, path: readonly string[]): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, option]) => {
    const own = [...path, key];
    const variable = own.length === 1 ? code(variableName([kind, 'with', key])) : '';
    const isRequired = schema.required?.includes(key) ?? false;
    const line = row(
      code(own.join('.')),
      variable,
      allowed(option),
      defaultOf(option, isRequired),
      option.description ?? '',
    );
    return [line, ...optionRows(kind, option, own)];
  });
}

/** What a value may be; the ways to write durations and sizes are said once, in the head. */
function allowed(schema: SettingSchema): string {
  const { type, properties, unit, minimum, maximum, pattern } = schema;
  if (pattern !== undefined) return `text that matches ${code(pattern)}`;
  if (unit === undefined)
    return type === 'object' && !properties ? 'a block of names and values' : describeAllowed(schema);
  const least = minimum ? `, at least ${formatQuantity(minimum, unit)}` : '';
  const most = maximum === undefined ? '' : `, at most ${formatQuantity(maximum, unit)}`;
  return `a ${unit === 'ms' ? 'duration' : 'size'}${least}${most}`;
}

function defaultOf(schema: SettingSchema, isRequired: boolean): string {
  if (schema.default === undefined) return isRequired ? 'must be given' : '';
  if (schema.secret) return '';
  const text = defaultText(schema);
  return text === '""' ? 'empty' : code(text);
}

function row(...cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}

function code(text: string): string {
  return `\`${text}\``;
}
