import type { PlacementExplanation } from '../../../plugins/routing/routing.ts';
import { LINE_COLORS } from './chart.tsx';
import { percent } from './format.ts';

const RADIUS = 70;
const AROUND = 2 * Math.PI * RADIUS;

/** What part of the keys of the hash ring each reader has: the arcs of one reader are drawn as one. */
export function Ring({ ring }: { readonly ring: NonNullable<PlacementExplanation['ring']> }) {
  const label = ring.map(({ nodeId, share }) => `${nodeId}: ${percent(share)}`).join(', ');
  const begins = ring.map((_, i) => ring.slice(0, i).reduce((sum, { share }) => sum + share, 0));
  return (
    <div class="ring">
      <svg viewBox="0 0 180 180" role="img" aria-label={`shares of the hash ring: ${label}`}>
        {ring.map(({ nodeId, share }, i) => (
          <circle
            key={nodeId}
            cx={90}
            cy={90}
            r={RADIUS}
            stroke={LINE_COLORS[i % LINE_COLORS.length]}
            stroke-dasharray={`${Math.max(0, share * AROUND - 2)} ${AROUND}`}
            stroke-dashoffset={-begins[i]! * AROUND}
            transform="rotate(-90 90 90)"
          />
        ))}
        <text x={90} y={88} text-anchor="middle">
          {ring.length}
        </text>
        <text class="detail" x={90} y={106} text-anchor="middle">
          {ring.length === 1 ? 'reader' : 'readers'}
        </text>
      </svg>
      <ul class="legend">
        {ring.map(({ nodeId, points, share }, i) => (
          <li key={nodeId}>
            <i style={{ background: LINE_COLORS[i % LINE_COLORS.length] }} /> {nodeId} <b>{percent(share)}</b>{' '}
            <span class="muted">{points} points</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
