import type { MemberPage } from '../../../cli/compose/page-shapes.ts';
import type { LoadPoint } from '../data/load-point.ts';
import { bytes, plural, rate, shortened } from './format.ts';
import { toneOfHealth } from './health-mark.tsx';
import { useWidth } from './use-width.ts';

/** More of them are drawn as tiles: lines to each would hide each other. */
const DRAWN_MAX = 8;
const ROW_PX = 62;
const NODE_PX = { width: 336, height: 50 };
const ROUTER_PX = { width: 190, height: 62 };
const STROKE_PX = { min: 1.5, max: 4.5 };

interface TopologyProps {
  readonly router: string;
  readonly members: readonly MemberPage[];
  /** What the router did lately; undefined until it was read twice. */
  readonly load: LoadPoint | undefined;
}

/** This router and the nodes it asks, with what goes over each line now. */
export function Topology(props: TopologyProps) {
  const members = [...props.members].sort(
    (left, right) => rankOf(left) - rankOf(right) || left.address.localeCompare(right.address, 'en', { numeric: true }),
  );
  return members.length > DRAWN_MAX ? <Tiles {...props} members={members} /> : <Lines {...props} members={members} />;
}

function Lines({ router, members, load }: TopologyProps) {
  const [box, widthPx] = useWidth<HTMLDivElement>(800);
  const heightPx = Math.max(ROUTER_PX.height, members.length * ROW_PX) + 8;
  const middle = heightPx / 2;
  const nodeX = Math.max(ROUTER_PX.width + 110, widthPx - NODE_PX.width - 2);
  const busiest = Math.max(1, ...members.map(({ address }) => load?.nodeCallsPerSecond[address] ?? 0));
  const label = `router ${router} asks ${members.map(({ address, health }) => `${address} (${health})`).join(', ')}`;
  return (
    <div ref={box}>
      <svg class="topology" width={widthPx} height={heightPx} role="img" aria-label={label}>
        {members.map((member, row) => {
          const y = row * ROW_PX + ROW_PX / 2 + 4;
          const from = ROUTER_PX.width;
          const turn = (from + nodeX) / 2;
          const calls = load?.nodeCallsPerSecond[member.address] ?? 0;
          const width = STROKE_PX.min + (calls / busiest) * (STROKE_PX.max - STROKE_PX.min);
          return (
            <g key={member.nodeId} class={`node ${toneOfHealth(member.health)}`}>
              <path d={`M${from} ${middle}C${turn} ${middle} ${turn} ${y} ${nodeX} ${y}`} stroke-width={width} />
              {calls > 0 && <path class="flow" d={`M${from} ${middle}C${turn} ${middle} ${turn} ${y} ${nodeX} ${y}`} />}
              <rect x={nodeX} y={y - NODE_PX.height / 2} width={NODE_PX.width} height={NODE_PX.height} rx={8} />
              <circle cx={nodeX + 18} cy={y - 8} r={5} />
              <text x={nodeX + 32} y={y - 4}>
                {`${member.roles.join(' + ')} ${shortened(member.address, 30)}`}
              </text>
              <text class="detail" x={nodeX + 32} y={y + 15}>
                {detailOf(member)}
              </text>
              <text class="edge" x={nodeX - 10} y={y - 7} text-anchor="end">
                {edgeOf(member, load)}
              </text>
            </g>
          );
        })}
        <g class="node router">
          <rect x={1} y={middle - ROUTER_PX.height / 2} width={ROUTER_PX.width} height={ROUTER_PX.height} rx={8} />
          <text x={17} y={middle - 6}>
            this router
          </text>
          <text class="detail" x={17} y={middle + 14}>
            {shortened(router, 24)}
          </text>
        </g>
      </svg>
    </div>
  );
}

function Tiles({ members, load }: TopologyProps) {
  const busiest = Math.max(1, ...members.map(({ address }) => load?.nodeCallsPerSecond[address] ?? 0));
  return (
    <ul class="tiles">
      {members.map((member) => {
        const calls = load?.nodeCallsPerSecond[member.address] ?? 0;
        return (
          <li key={member.nodeId} class={toneOfHealth(member.health)} title={`${member.nodeId}: ${detailOf(member)}`}>
            <b>{shortened(member.address, 24)}</b>
            <small>
              {member.roles.join(' + ')}, {edgeOf(member, load) || member.health}
            </small>
            <i style={{ width: `${(calls / busiest) * 100}%` }} />
          </li>
        );
      })}
    </ul>
  );
}

function detailOf(member: MemberPage): string {
  const state = member.isSlow ? `${member.health}, slow` : member.health;
  const held = member.roles.includes('reader') ? ` · ${plural(member.readySegments, 'segment')}` : '';
  return `${state}${held} · ${bytes(member.memoryBytes)} · ${plural(member.callsRunning, 'call')} now`;
}

function edgeOf({ address }: MemberPage, load: LoadPoint | undefined): string {
  if (!load) return '';
  const failures = load.nodeFailuresPerSecond[address] ?? 0;
  return `${rate(load.nodeCallsPerSecond[address] ?? 0)}${failures > 0 ? `, ${rate(failures)} failed` : ''}`;
}

function rankOf({ roles }: MemberPage): number {
  return roles.includes('writer') ? 0 : 1;
}
