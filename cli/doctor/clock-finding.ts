import { type Finding, fail, ok, warn } from './finding.ts';
import { DOCTOR_LIMITS } from './limits.ts';

/** A clock that was read across the network: the skew is known to half the time that the question took. */
export interface ReadClock {
  /** Positive: it is ahead of this machine's. */
  readonly skewMs: number;
  readonly uncertaintyMs: number;
}

export function readClock(shownMs: number, askedMs: number, answeredMs: number): ReadClock {
  return { skewMs: shownMs - (askedMs + answeredMs) / 2, uncertaintyMs: (answeredMs - askedMs) / 2 };
}

/** `whose`: as the line begins. */
export function clockFinding(whose: string, { skewMs, uncertaintyMs }: ReadClock): Finding {
  const seen = `${whose} clock is ${Math.abs(skewMs).toFixed(0)} ms ${skewMs < 0 ? 'behind' : 'ahead of'} this machine's (± ${uncertaintyMs.toFixed(0)} ms)`;
  const surely = Math.abs(skewMs) - uncertaintyMs;
  const todo = 'let NTP (chrony, systemd-timesyncd) set the clocks of all machines';
  if (surely > DOCTOR_LIMITS.clockSkewMsFail) return fail(seen, todo);
  return surely > DOCTOR_LIMITS.clockSkewMsWarn ? warn(seen, todo) : ok(seen);
}
