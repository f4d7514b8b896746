import type { Evidence } from './evidence.ts';

/** Columns of the tables: the name in the table, the client as the chapters name it. */
const CLIENTS = [
  ['Node 2.5', 'Node SDK 2.5'],
  ['Node 2.6', 'Node SDK 2.6'],
  ['Node 3.0', 'Node SDK 3.0'],
  ['pymilvus', 'pymilvus'],
  ['ORM', 'ORM'],
  ['Go', 'Go SDK'],
  ['Java', 'Java SDK'],
  ['HTTP', 'HTTP'],
  ['gRPC', 'gRPC'],
] as const;
const NOT_SUPPORTED = 3000;

/** One table per chapter: its features, and through which clients the suite has seen them work. */
export function featureTables(evidence: readonly Evidence[]): string {
  const chapters = Map.groupBy(evidence, ({ chapter }) => chapter);
  return [...chapters]
    .sort(byName)
    .map(([chapter, shown]) => {
      const features = [...Map.groupBy(shown, ({ feature }) => feature)].sort(byName);
      const rows = features.map(([feature, tests]) => {
        const works = tests.some(({ refused, passed }) => refused === undefined && passed);
        const refusals = unique(tests.flatMap(({ refused }) => refused ?? []));
        return [feature, verdict(works, refusals), ...CLIENTS.map(([, client]) => featureCell(tests, client))];
      });
      return `### ${chapter}\n\n${table(['feature', 'supported'], rows)}`;
    })
    .join('\n\n');
}

/** Every RPC of the service. Throws when the suite has no evidence for one. */
export function rpcTable(evidence: readonly Evidence[], rpcs: readonly string[]): string {
  const unseen = rpcs.filter((rpc) => !hasAnswer(evidence, rpc, 0) && !hasAnswer(evidence, rpc, NOT_SUPPORTED));
  if (unseen.length > 0) throw new Error(`no test of test/sdk sees these calls work or be refused: ${unseen}`);
  return table(
    ['RPC', 'supported'],
    rpcs.toSorted().map((rpc) => callRow(rpc, rpc, evidence)),
  );
}

/** Every path of REST v2 that the suite calls. */
export function restTable(evidence: readonly Evidence[]): string {
  const calls = unique(evidence.flatMap((test) => test.calls.map((call) => call.slice(0, call.lastIndexOf(':')))));
  const paths = calls.filter((call) => call.startsWith('POST ')).toSorted();
  const rows = paths
    .filter((path) => hasAnswer(evidence, path, 0) || hasAnswer(evidence, path, NOT_SUPPORTED))
    .map((path) => callRow(path.slice('POST '.length), path, evidence).slice(0, 2));
  return table(['path below /v2/vectordb/', 'supported'], rows, []);
}

function callRow(name: string, call: string, evidence: readonly Evidence[]): string[] {
  const works = hasAnswer(evidence, call, 0);
  const refusals = unique(
    evidence.filter((test) => hasAnswer([test], call, NOT_SUPPORTED)).flatMap(({ refused }) => refused ?? []),
  );
  const cells = CLIENTS.map(([, client]) => {
    const tests = evidence.filter((test) => test.client === client);
    if (hasAnswer(tests, call, 0)) return '✓';
    return hasAnswer(tests, call, NOT_SUPPORTED) ? 'no' : '';
  });
  return [name, verdict(works, refusals), ...cells];
}

/** Whether a passed test got this code for the call. */
function hasAnswer(evidence: readonly Evidence[], call: string, code: number): boolean {
  return evidence.some(({ passed, calls }) => passed && calls.includes(`${call}:${code}`));
}

function verdict(works: boolean, refusals: readonly string[]): string {
  if (!works) return 'no';
  return refusals.length === 0 ? 'yes' : `partly; not: ${refusals.toSorted().join('; ')}`;
}

function featureCell(tests: readonly Evidence[], client: string): string {
  const own = tests.filter((test) => test.client === client);
  if (own.length === 0) return '';
  if (own.some(({ passed }) => !passed)) return '✗';
  return own.every(({ refused }) => refused !== undefined) ? 'no' : '✓';
}

function table(
  first: readonly string[],
  rows: readonly (readonly string[])[],
  clients = CLIENTS.map(([name]) => name as string),
): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const header = [...first, ...clients];
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

function byName(left: readonly [string, unknown], right: readonly [string, unknown]): number {
  return left[0] < right[0] ? -1 : 1;
}
