import { Badge } from './badge.tsx';

const TONES: Readonly<Record<string, 'good' | 'warn' | 'bad'>> = { healthy: 'good', new: 'warn', draining: 'warn' };

export function toneOfHealth(health: string): 'good' | 'warn' | 'bad' {
  return TONES[health] ?? 'bad';
}

export function HealthMark({ health }: { readonly health: string }) {
  return <Badge tone={toneOfHealth(health)}>{health}</Badge>;
}
