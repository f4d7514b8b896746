import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { MilvusClient } from '@zilliz/milvus2-sdk-node';
import { DEPLOYMENTS } from './deployments.ts';
import { createProvenCollection, must } from './proven-collection.ts';
import { provenRow } from './row-model.ts';

for (const waitMs of [0, 150, 400]) {
  const braid = await DEPLOYMENTS[0]!.start({ telemetry: { logLevel: 'debug' } });
  const server = braid.processes.started[0]!;
  const c0 = await braid.client();
  await createProvenCollection(c0, 'c');
  must(
    (await c0.insert({ collection_name: 'c', data: Array.from({ length: 600 }, (_, k) => ({ ...provenRow(k, 1) })) }))
      .status,
  );
  const client = new MilvusClient({
    address: braid.address,
    logLevel: 'error',
    maxRetries: 0,
    pool: { min: 10, max: 10 },
  });
  const one = () =>
    client.search({
      collection_name: 'c',
      limit: 100,
      data: Array.from({ length: 400 }, (_, k) => provenRow(k, 1).vector),
    });
  await Promise.all(Array.from({ length: 10 }, one));
  const t0 = performance.now();
  const at: number[] = [];
  const answers = Array.from({ length: 10 }, () => one().finally(() => at.push(Math.round(performance.now() - t0))));
  if (waitMs === 0) await Promise.race(answers);
  else await sleep(waitMs);
  const before = at.length;
  server.child.kill('SIGTERM');
  const killAt = Math.round(performance.now() - t0);
  const settled = await Promise.allSettled(answers);
  console.log({
    waitMs,
    before,
    killAt,
    at,
    faults: settled.map((s) => (s.status === 'fulfilled' ? s.value.results.length : s.reason.message.slice(0, 60))),
  });
  console.log(readFileSync(braid.processes.logOf('braid'), 'utf8').split('\n').slice(-5).join('\n').slice(0, 800));
  await client.closeConnection();
  await braid[Symbol.asyncDispose]();
}
