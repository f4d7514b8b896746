import type { Config } from '../../config/config.ts';
import type { Member } from '../../plugins/discovery/discovery.ts';
import { openPlugin } from '../../plugins/open-plugin.ts';
import type { PluginHost } from '../../plugins/plugin.ts';
import { CallContext } from '../../proto/generated/node.ts';
import { RemoteShard } from '../../proto/node-protocol/remote-shard.ts';
import { isAlone } from '../compose/own-members.ts';
import { programInfo } from '../program-info.ts';
import { clockFinding, type ReadClock, readClock } from './clock-finding.ts';
import { type Check, type Finding, ok, warn } from './finding.ts';
import { DOCTOR_LIMITS } from './limits.ts';

/** What the nodes of the registry say of themselves: their versions and clocks. Who does not answer is for the check of discovery to name. */
export const memberChecks: readonly Check[] = [{ name: 'members', run: checkMembers }];

interface Report {
  readonly member: Member;
  readonly version: string;
  readonly clock: ReadClock;
}

async function checkMembers(config: Config, host: PluginHost): Promise<Finding[]> {
  if (isAlone(config)) return [];
  await using discovery = await openPlugin('discovery', config.discovery, host);
  const reports: Report[] = [];
  for await (const members of discovery.watch(AbortSignal.timeout(DOCTOR_LIMITS.firstListMsMax))) {
    const answers = await Promise.all(members.map((member) => reportOf(member).catch(() => undefined)));
    reports.push(...answers.filter((report) => report !== undefined));
    break;
  }
  return reports.length === 0 ? [] : memberFindings(reports, programInfo().version);
}

/** The first report, which every node gives at once. */
async function reportOf(member: Member): Promise<Report | undefined> {
  await using shard = new RemoteShard(member.address);
  const signal = AbortSignal.timeout(DOCTOR_LIMITS.connectMsMax);
  let askedMs = Date.now();
  // The first one has waited for the connection: the second tells the time.
  let isConnected = false;
  for await (const { version, clockMs } of shard.watchStatus({ context: CallContext.fromPartial({}) }, signal)) {
    if (isConnected || clockMs === 0) {
      const clock = clockMs === 0 ? { skewMs: 0, uncertaintyMs: 0 } : readClock(clockMs, askedMs, Date.now());
      return { member, version, clock };
    }
    isConnected = true;
    askedMs = Date.now();
  }
  return undefined;
}

function memberFindings(reports: readonly Report[], ownVersion: string): Finding[] {
  const clocks = reports
    .map(({ member, clock }) => clockFinding(`${nameOf(member)}: its`, clock))
    .filter(({ state }) => state !== 'ok');
  const versions = reports
    .filter(({ version }) => version !== '' && version !== ownVersion)
    .map(({ member, version }) =>
      warn(`${nameOf(member)} runs Braid ${version}, this is ${ownVersion}`, 'finish the upgrade: docs/upgrade.md'),
    );
  const findings = [...clocks, ...versions];
  const skew = Math.max(...reports.map(({ clock }) => Math.abs(clock.skewMs)));
  if (findings.length > 0) return findings;
  return [ok(`${reports.length} nodes run Braid ${ownVersion}, their clocks differ by at most ${skew.toFixed(0)} ms`)];
}

function nameOf({ nodeId, roles }: Member): string {
  return `${roles.join(', ')} ${nodeId}`;
}
