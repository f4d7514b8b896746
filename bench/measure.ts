import { readFileSync } from 'node:fs';

/** What processes cost. Linux only: it reads /proc. */

const CLOCK_TICKS_PER_SECOND = 100;

/** CPU time of this process so far, microseconds. */
export function ownCpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** CPU time of another process so far, microseconds; its resolution is 10 ms. */
export function cpuOfUs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND) * 1e6;
}

/** Memory of a process, bytes: its own, and mapped files that are not shared with others. */
export function memoryOfBytes(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)![1]) * 1024;
}

/** Runs `work` at least `minMs` and at least once; resolves to CPU microseconds per call. */
export async function cpuPerCallUs(minMs: number, work: () => Promise<void> | void): Promise<number> {
  const startedMs = performance.now();
  const startedUs = ownCpuUs();
  let calls = 0;
  do {
    await work();
    calls++;
  } while (performance.now() - startedMs < minMs);
  return (ownCpuUs() - startedUs) / calls;
}
