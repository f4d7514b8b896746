import type { MemberPage } from '../../../cli/compose/page-shapes.ts';
import { bytes, plural } from './format.ts';

const ROW_HEIGHT = 64;
const WIDTH = 640;
const NODE = { x: 340, width: 290, height: 52 };
const ROUTER = { x: 10, width: 180, height: 52 };

/** This router, and a line to each node it asks. */
export function Topology({ router, members }: { readonly router: string; readonly members: readonly MemberPage[] }) {
  const ordered = [...members].sort(
    (left, right) => rankOf(left) - rankOf(right) || (left.address < right.address ? -1 : 1),
  );
  const height = Math.max(1, ordered.length) * ROW_HEIGHT + 8;
  const middle = height / 2;
  const label = `router ${router} asks ${ordered.map(({ address, health }) => `${address} (${health})`).join(', ')}`;
  return (
    <svg class="topology" viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={label}>
      {ordered.map((member, row) => {
        const y = row * ROW_HEIGHT + ROW_HEIGHT / 2 + 4;
        const from = ROUTER.x + ROUTER.width;
        const turn = (from + NODE.x) / 2;
        return (
          <g key={member.nodeId} class={`node ${member.health}`}>
            <path d={`M${from} ${middle}C${turn} ${middle} ${turn} ${y} ${NODE.x} ${y}`} />
            <rect x={NODE.x} y={y - NODE.height / 2} width={NODE.width} height={NODE.height} rx={8} />
            <circle cx={NODE.x + 18} cy={y - 8} r={5} />
            <text x={NODE.x + 32} y={y - 4}>
              {`${member.roles.join(' + ')} ${member.address}`}
            </text>
            <text class="detail" x={NODE.x + 32} y={y + 15}>
              {`${member.health} · ${plural(member.readySegments, 'segment')} · ${bytes(member.memoryBytes)} · ${plural(member.callsRunning, 'call')}`}
            </text>
          </g>
        );
      })}
      <g class="node router">
        <rect x={ROUTER.x} y={middle - ROUTER.height / 2} width={ROUTER.width} height={ROUTER.height} rx={8} />
        <text x={ROUTER.x + 16} y={middle - 4}>
          router
        </text>
        <text class="detail" x={ROUTER.x + 16} y={middle + 15}>
          {shortened(router)}
        </text>
      </g>
    </svg>
  );
}

function rankOf({ roles }: MemberPage): number {
  return roles.includes('writer') ? 0 : 1;
}

function shortened(nodeId: string): string {
  return nodeId.length > 22 ? `${nodeId.slice(0, 21)}…` : nodeId;
}
