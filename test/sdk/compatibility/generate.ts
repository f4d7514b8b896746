import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Evidence, readEvidence } from './evidence.ts';
import { serviceRpcs } from './service-rpcs.ts';
import { featureTables, restTable, rpcTable } from './tables.ts';

/**
 * `node test/sdk/compatibility/generate.ts REPORT [--check]`: writes docs/compatibility.md from Vitest's JSON report of a run of the suite;
 * with --check it only says whether the committed page is what that run yields.
 */

const PAGE = fileURLToPath(new URL('../../../docs/compatibility.md', import.meta.url));

const [report, mode] = process.argv.slice(2);
if (report === undefined) throw new Error('usage: generate.ts REPORT [--check]');
const page = compatibilityPage(readEvidence(readFileSync(report, 'utf8')));
if (mode !== '--check') writeFileSync(PAGE, page);
else if (page !== readFileSync(PAGE, 'utf8')) {
  console.error('docs/compatibility.md is not what this run of test/sdk yields: npm run compatibility writes it anew');
  process.exitCode = 1;
}

function compatibilityPage(evidence: readonly Evidence[]): string {
  return `# Compatibility

What Braid supports of Milvus 2.5/2.6, as the conformance suite (\`test/sdk/\`) has seen it through the official clients, on one process and on a cluster. Generated: \`npm run compatibility\`.

${readFileSync(new URL('legend.md', import.meta.url), 'utf8').trim()}

## Features

${featureTables(evidence)}

## RPCs of milvus.proto.milvus.MilvusService

${rpcTable(evidence, serviceRpcs())}

## REST v2

${restTable(evidence)}
`;
}
