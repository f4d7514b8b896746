import { readFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import type { Config } from '../../config/config.ts';
import { cpuFeatures } from '../../native/native.ts';
import { bytesText } from '../terminal/amounts.ts';
import { type Check, type Finding, ok, warn } from './finding.ts';
import { DOCTOR_LIMITS } from './limits.ts';

/** What the machine, or the container, gives: memory against the settings, and instructions for the kernels. */
export const machinePowerChecks: readonly Check[] = [
  {
    name: 'memory',
    run: async (config) => memoryFindings(config, await memoryLimit(), getHeapStatistics().heap_size_limit),
  },
  { name: 'processor', run: async () => [processorFinding(cpuFeatures())] },
];

/** Limits of a container (cgroup v2, v1), the smallest that is set; else the machine's memory. */
export interface MemoryLimit {
  readonly byteLength: number;
  readonly ofContainer: boolean;
}

const CGROUP_FILES = ['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory/memory.limit_in_bytes'];

export async function memoryLimit(files: readonly string[] = CGROUP_FILES): Promise<MemoryLimit> {
  const machine = totalmem();
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  // "max", and v1's largest number, mean none.
  const limits = texts.map((text) => Number.parseInt(text, 10)).filter((limit) => limit > 0 && limit < machine);
  return limits.length > 0
    ? { byteLength: Math.min(...limits), ofContainer: true }
    : { byteLength: machine, ofContainer: false };
}

export function memoryFindings(
  { roles, writer }: Pick<Config, 'roles' | 'writer'>,
  { byteLength, ofContainer }: MemoryLimit,
  heapBytesMax: number,
): Finding[] {
  const seen = `${bytesText(byteLength)} ${ofContainer ? 'for this container' : 'on this machine'}`;
  const findings = [
    byteLength < DOCTOR_LIMITS.memoryBytesWarn
      ? warn(seen, `give it ${bytesText(DOCTOR_LIMITS.memoryBytesWarn)} or more`)
      : ok(seen),
  ];
  if (heapBytesMax > byteLength * DOCTOR_LIMITS.heapShareMax) {
    const megabytes = Math.floor((byteLength * DOCTOR_LIMITS.heapShareMax) / 1024 ** 2);
    findings.push(
      warn(
        `JavaScript may grow to ${bytesText(heapBytesMax)}, which leaves too little of that for vectors and graphs`,
        `set NODE_OPTIONS=--max-old-space-size=${megabytes}`,
      ),
    );
  }
  const held = writer.inFlightBytesMax + writer.unsealedBytesMax;
  if (roles.includes('writer') && held > byteLength * DOCTOR_LIMITS.heldShareMax)
    findings.push(
      warn(
        `writer.inFlightBytesMax and writer.unsealedBytesMax allow ${bytesText(held)} in memory`,
        'lower writer.unsealedBytesMax, or give it more memory',
      ),
    );
  return findings;
}

/** `features`: what the addon's kernels use here, best first; `portable` is what every machine has. */
export function processorFinding(features: readonly string[]): Finding {
  const special = features.filter((feature) => feature !== 'portable');
  if (special.length > 0) return ok(`kernels use ${special.join(', ')}`);
  return warn(
    'kernels use no wide instructions',
    'searches are several times slower than with AVX2 or NEON: choose another type of machine',
  );
}
