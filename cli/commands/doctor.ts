import type { Command } from 'commander';
import type { Config } from '../../config/config.ts';
import { loadConfig } from '../../config/load-config.ts';
import { toBraidError } from '../../core/errors.ts';
import type { PluginHost, PluginLogger } from '../../plugins/plugin.ts';
import { logChecks } from '../doctor/check-log.ts';
import { machineChecks } from '../doctor/check-machine.ts';
import { memberChecks } from '../doctor/check-members.ts';
import { machinePowerChecks } from '../doctor/check-memory.ts';
import { metadataChecks } from '../doctor/check-metadata.ts';
import { portChecks } from '../doctor/check-ports.ts';
import { serviceChecks } from '../doctor/check-services.ts';
import { type Check, type Finding, fail } from '../doctor/finding.ts';
import { DOCTOR_LIMITS } from '../doctor/limits.ts';
import { paint } from '../terminal/paint.ts';
import { printJson } from '../terminal/print-json.ts';

const CHECKS: readonly Check[] = [
  ...machineChecks,
  ...machinePowerChecks,
  ...portChecks,
  ...metadataChecks,
  ...logChecks,
  ...serviceChecks,
  ...memberChecks,
];
/** What plugins log on the way is in their errors, too. */
const SILENT: PluginLogger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const STATE_CHARACTERS = 6;
const TONES = { ok: 'good', warn: 'poor', fail: 'bad' } as const;

interface DoctorOptions {
  readonly config?: string;
  readonly json?: boolean;
}

interface NamedFinding extends Finding {
  readonly check: string;
}

export function defineDoctor(command: Command): void {
  command
    .option('--config <file>', 'settings to check (default: braid.yaml, if there is one)')
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      `
Run it where Braid will run, with its settings and as its user. Each line is ok, warn (it runs, and something will be
slow, unsafe or missing) or fail (it will not start or not work), with what to do. Exit code 1 if anything failed.
What the settings name is opened as braid start opens it: a metadata store without tables gets them.

Examples:
  braid doctor
  braid doctor --config writer.yaml --json`,
    )
    .action(async (options: DoctorOptions) => {
      const config = await loadConfig({ file: options.config });
      const found: NamedFinding[] = [];
      for (const check of CHECKS) {
        const findings = (await runCheck(check, config)).map((finding) => ({ check: check.name, ...finding }));
        found.push(...findings);
        if (!options.json) findings.forEach(print);
      }
      if (options.json) printJson(found);
      else printSummary(found);
      const exitCode = found.some(({ state }) => state === 'fail') ? 1 : 0;
      // A plugin that hung may still hold the process.
      process.stdout.write('', () => process.exit(exitCode));
    });
}

async function runCheck(check: Check, config: Config): Promise<readonly Finding[]> {
  const ended = new AbortController();
  const host: PluginHost = {
    logger: SILENT,
    dataFolder: config.dataFolder,
    configFolder: config.configFolder,
    signal: ended.signal,
  };
  const timer = Promise.withResolvers<readonly Finding[]>();
  const late = setTimeout(() => {
    timer.resolve([
      fail(`no answer within ${DOCTOR_LIMITS.checkMsMax} ms`, 'is the server of these settings running?'),
    ]);
  }, DOCTOR_LIMITS.checkMsMax);
  try {
    return await Promise.race([check.run(config, host), timer.promise]);
  } catch (thrown) {
    return [fail(toBraidError(thrown).message, `see the setting "${check.name}" in braid config`)];
  } finally {
    clearTimeout(late);
    ended.abort();
  }
}

function print({ state, check, seen, todo }: NamedFinding): void {
  const mark = paint(state, TONES[state]) + ' '.repeat(STATE_CHARACTERS - state.length);
  process.stdout.write(`${mark}${check}: ${seen}\n`);
  if (todo !== '') process.stdout.write(`${' '.repeat(STATE_CHARACTERS)}-> ${todo}\n`);
}

function printSummary(found: readonly Finding[]): void {
  const countOf = (state: Finding['state']): number => found.filter((one) => one.state === state).length;
  const parts = [
    ...(countOf('fail') > 0 ? [paint(`${countOf('fail')} failed`, 'bad')] : []),
    ...(countOf('warn') > 0 ? [paint(`${countOf('warn')} to look at`, 'poor')] : []),
    paint(`${countOf('ok')} well`, 'good'),
  ];
  process.stdout.write(`\n${parts.join(', ')}\n`);
}
