import type { Command } from 'commander';

interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  /** Resolves to what adds arguments, options, examples and the action to the command. */
  readonly load: () => Promise<(command: Command) => void>;
}

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'start',
    summary: 'run a router, a writer, a reader, or all of them in one process',
    load: async () => (await import('./start.ts')).defineStart,
  },
  {
    name: 'status',
    summary: 'the cluster at a glance: members, collections, and what to look at',
    load: async () => (await import('./status.ts')).defineStatus,
  },
  {
    name: 'config',
    summary: 'every setting: its value, its variable, and where the value comes from',
    load: async () => (await import('./config.ts')).defineConfig,
  },
  {
    name: 'collections',
    summary: 'list, describe, load, release, flush, compact and drop collections',
    load: async () => (await import('./collections.ts')).defineCollections,
  },
  {
    name: 'segments',
    summary: 'sealed segments, which readers hold them and which ones are moving',
    load: async () => (await import('./segments.ts')).defineSegments,
  },
  {
    name: 'ring',
    summary: 'how the routing strategy shares the keys out, and what each reader holds',
    load: async () => (await import('./ring.ts')).defineRing,
  },
  {
    name: 'jobs',
    summary: 'imports, compactions and index builds, or one import with its files',
    load: async () => (await import('./jobs.ts')).defineJobs,
  },
  {
    name: 'search',
    summary: 'the nearest rows of a row, of a vector or of a text',
    load: async () => (await import('./search.ts')).defineSearch,
  },
  {
    name: 'import',
    summary: 'put rows of JSON lines, CSV or Parquet, or files of the storage, into a collection',
    load: async () => (await import('./import.ts')).defineImport,
  },
  {
    name: 'export',
    summary: 'write the rows of a collection to JSON lines, CSV or Parquet',
    load: async () => (await import('./export.ts')).defineExport,
  },
  {
    name: 'bench',
    summary: 'a load of searches, and how fast they are answered',
    load: async () => (await import('./bench.ts')).defineBench,
  },
  {
    name: 'doctor',
    summary: 'check every dependency of the settings, and say what to do',
    load: async () => (await import('./doctor.ts')).defineDoctor,
  },
  {
    name: 'completion',
    summary: 'completion of commands, options and collections for a shell',
    load: async () => (await import('./completion.ts')).defineCompletion,
  },
];

/** What scripts ask; in no help. */
export const HIDDEN_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'complete-collections',
    summary: 'names of collections, for completion',
    load: async () => (await import('./complete-collections.ts')).defineCompleteCollections,
  },
];
