import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { ALERTMANAGER_CONFIG, RULES } from '../docker/dashboards.ts';
import { Alertmanager } from '../servers/alertmanager.ts';
import { missingPrometheus, Prometheus } from '../servers/prometheus.ts';
import { mayRunWith } from '../servers/required-server.ts';
import { DEPLOYMENTS } from './deployments.ts';

/** As Alertmanager's webhooks have it. */
interface Notice {
  readonly status: 'firing' | 'resolved';
  readonly alerts: readonly {
    readonly status: 'firing' | 'resolved';
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  }[];
}

describe.runIf(mayRunWith('Alertmanager', missingPrometheus()))('alerts of a real Braid', () => {
  test('a process that stops reaches whoever is to be told, with what to do about it', async () => {
    await using inbox = await openInbox();
    await using alertmanager = await Alertmanager.start(shippedRoutesTo(inbox.url));
    await using rules = await impatientRules();
    await using braid = await DEPLOYMENTS[0]!.start();
    const [process] = braid.processes.started;
    const target = `127.0.0.1:${process!.managementPort}`;
    await using prometheus = await Prometheus.start([target], [rules.file], alertmanager.address);
    await expect.poll(() => prometheus.query('up{job="braid"} == 1'), { timeout: 30_000 }).toHaveLength(1);
    expect(inbox.notices).toEqual([]);
    await braid.processes.stop(process!);
    const told = () => inbox.notices.flatMap(({ alerts }) => alerts);
    await expect.poll(told, { timeout: 90_000 }).toContainEqual(
      expect.objectContaining({
        status: 'firing',
        labels: expect.objectContaining({ alertname: 'BraidProcessDown', instance: target, severity: 'critical' }),
        annotations: {
          summary: `${target} does not answer on its management port`,
          runbook_url: 'docs/operations.md#braidprocessdown',
        },
      }),
    );
  }, 180_000);
});

/** The configuration that is shipped, but for the receiver, which it leaves open. */
function shippedRoutesTo(url: string): string {
  const config = parse(readFileSync(ALERTMANAGER_CONFIG, 'utf8')) as { readonly receivers: { name: string }[] };
  const receivers = config.receivers.map((receiver) => ({ ...receiver, webhook_configs: [{ url }] }));
  return stringify({ ...config, receivers });
}

/** The rules that are shipped, which fire after a second. */
async function impatientRules() {
  const folder = await mkdtemp(join(tmpdir(), 'braid-rules-'));
  const file = join(folder, 'braid.yml');
  await writeFile(file, readFileSync(RULES, 'utf8').replace(/^( +for:) .*$/gm, '$1 1s'));
  return { file, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

async function openInbox() {
  const notices: Notice[] = [];
  const server = createServer((request, response) => {
    void json(request).then((notice) => {
      notices.push(notice as Notice);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const close = (): Promise<void> => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  return { notices, url, [Symbol.asyncDispose]: close };
}
