import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import type { ApiClient } from '../client/api-client.ts';
import { describeCollection, storedRows } from '../client/collection-description.ts';
import { type ApiOptions, openApi } from '../client/open-api.ts';
import { confirm } from '../terminal/confirm.ts';
import { Interruption } from '../terminal/interruption.ts';
import { parseCount } from '../terminal/parse-count.ts';
import { printJson } from '../terminal/print-json.ts';
import { ProgressBar } from '../terminal/progress-bar.ts';

const LOOK_INTERVAL_MS = 500;

interface ActionOptions extends ApiOptions {
  readonly yes?: boolean;
  readonly replicas?: number;
  readonly wait: boolean;
}

interface Action {
  readonly name: string;
  readonly summary: string;
  /** What stands behind `braid collections`. */
  readonly examples: readonly string[];
  /** Those of its own. */
  readonly options?: readonly Option[];
  /** Resolves to what was done, in words. */
  readonly run: (client: ApiClient, collection: string, options: ActionOptions) => Promise<string>;
}

const ACTIONS: readonly Action[] = [
  {
    name: 'load',
    summary: 'make it searchable, and wait until it is',
    options: [
      new Option('--replicas <count>', 'readers that hold each segment').argParser(parseCount),
      new Option('--no-wait', 'only begin to load'),
    ],
    examples: ['load books', 'load books --replicas 2 --no-wait'],
    run: load,
  },
  {
    name: 'release',
    summary: 'let go of its memory; it is not searchable until it is loaded',
    examples: ['release books'],
    run: release,
  },
  { name: 'flush', summary: 'seal the rows that are in memory only now', examples: ['flush books'], run: flush },
  {
    name: 'compact',
    summary: 'merge small segments and drop deleted rows, and wait for it',
    options: [new Option('--no-wait', 'only begin; braid jobs shows it')],
    examples: ['compact books'],
    run: compact,
  },
  {
    name: 'drop',
    summary: 'remove it with all of its rows',
    options: [new Option('--yes', 'do not ask')],
    examples: ['drop books', 'drop books --database shop --yes'],
    run: drop,
  },
];

/** `braid collections <action> <collection>`: what changes one. */
export function defineCollectionActions(command: Command): void {
  for (const { name, summary, examples, options: own = [], run } of ACTIONS) {
    const action = command.command(name).description(summary).argument('<collection>');
    for (const option of own) action.addOption(option);
    const lines = examples.map((example) => `  braid collections ${example}`);
    action.addHelpText(
      'after',
      `\nOptions of braid collections are known here, too.\n\nExamples:\n${lines.join('\n')}`,
    );
    action.action(async (collection: string) => {
      const options = action.optsWithGlobals<ActionOptions>();
      const done = await run(await openApi(options), collection, options);
      if (options.json) printJson({ collection, done });
      else process.stdout.write(`${done}\n`);
    });
  }
}

async function load(client: ApiClient, collectionName: string, options: ActionOptions): Promise<string> {
  const { replicas, wait, json = false } = options;
  await client.call('collections/load', { collectionName, ...(replicas && { replicaNumber: replicas }) });
  if (!wait) return `${collectionName} is being loaded`;
  using interruption = new Interruption();
  using bar = new ProgressBar(`loading ${collectionName}`, '%', 100, json);
  while (!interruption.isAsked) {
    const state = await client.call<LoadState>('collections/get_load_state', { collectionName });
    bar.update(state.loadProgress);
    if (state.loadState === 'LoadStateLoaded') return `${collectionName} is loaded`;
    await pause(interruption);
  }
  return `${collectionName} is still being loaded: braid collections ${collectionName} shows it`;
}

interface LoadState {
  readonly loadState: string;
  readonly loadProgress: number;
}

async function release(client: ApiClient, collectionName: string): Promise<string> {
  await client.call('collections/release', { collectionName });
  return `${collectionName} is released`;
}

async function flush(client: ApiClient, collectionName: string): Promise<string> {
  await client.call('collections/flush', { collectionName });
  return `${collectionName} is sealed up to now`;
}

async function compact(client: ApiClient, collectionName: string, options: ActionOptions): Promise<string> {
  const { compactionID: jobID } = await client.call<{ readonly compactionID: number }>('collections/compact', {
    collectionName,
  });
  if (jobID < 0) return `${collectionName} has nothing to compact`;
  if (!options.wait) return `compaction ${jobID} of ${collectionName} has begun`;
  using interruption = new Interruption();
  while (!interruption.isAsked) {
    const state = await client.call<CompactionState>('collections/get_compaction_state', { jobID });
    if (state.state === 'Completed') return `compaction ${jobID} of ${collectionName} is done`;
    await pause(interruption);
  }
  return `compaction ${jobID} of ${collectionName} goes on: braid jobs shows it`;
}

interface CompactionState {
  readonly state: 'Executing' | 'Completed';
}

async function drop(client: ApiClient, collectionName: string, { yes, database }: ActionOptions): Promise<string> {
  // The server drops what is not there without a word; a person has mistyped then.
  const { collectionName: name } = await describeCollection(client, collectionName);
  const rows = await storedRows(client, collectionName);
  if (!yes) await confirm(`collection ${database}.${name} with ${rows} rows is dropped for good`, name);
  await client.call('collections/drop', { collectionName: name });
  return `${name} is dropped`;
}

async function pause({ signal }: Interruption): Promise<void> {
  await sleep(LOOK_INTERVAL_MS, undefined, { signal }).catch(() => undefined);
}
