import type { RingPage } from '../../../cli/compose/page-shapes.ts';
import { nodeColor } from '../data/node-color.ts';
import { bandOf, keyAt, placeAt, pointAt } from '../data/ring-geometry.ts';
import { count, percent } from './format.ts';

const INNER = 118;
const OUTER = 150;
const SEGMENT_RADIUS = 164;
const SEGMENT_RADIUS_STEP = 9;
/** Segments whose keys are nearer than this (of 1) stand above each other. */
const NEAR = 0.008;
const LEVELS_MAX = 3;

/** What the pointer or a click singles out. */
export interface RingPick {
  readonly nodeId?: string | undefined;
  readonly segmentId?: number | undefined;
}

/**
 * The ring with the arcs between its points: each key belongs to the member whose point comes next, clockwise. Dots outside are the segments, in the color of the reader
 * that owns them: another one than the arc's where bounded loads passed by a full reader.
 */
export function Ring(props: {
  readonly ring: RingPage;
  readonly shares: readonly number[];
  readonly picked: RingPick;
  readonly onPoint: (pick: RingPick & { readonly key?: number }) => void;
  readonly onPick: (pick: RingPick) => void;
}) {
  const { ring, shares, picked, onPoint, onPick } = props;
  const label = ring.nodeIds.map((nodeId, i) => `${nodeId}: ${percent(shares[i] ?? 0)}`).join(', ');
  const pointOf = (event: MouseEvent & { readonly currentTarget: SVGSVGElement }): RingPick & { key?: number } => {
    const box = event.currentTarget.getBoundingClientRect();
    const scale = 380 / box.width;
    const [x, y] = [(event.clientX - box.left) * scale - 190, (event.clientY - box.top) * scale - 190];
    const distance = Math.hypot(x, y);
    if (distance < INNER || distance > OUTER) return {};
    const key = keyAt(x, y);
    return { key, nodeId: ring.nodeIds[placeAt(ring.arcs, key)] };
  };
  const segments = levelled(ring);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list of readers beside it does the same by keys
    <svg
      class="ring"
      viewBox="-190 -190 380 380"
      role="img"
      aria-label={`shares of the hash ring: ${label}`}
      onMouseMove={(event) => onPoint(pointOf(event))}
      onMouseLeave={() => onPoint({})}
      onClick={(event) => onPick(pointOf(event))}
    >
      {ring.nodeIds.map((nodeId, place) => (
        <path
          key={nodeId}
          class={picked.nodeId !== undefined && picked.nodeId !== nodeId ? 'faded' : undefined}
          d={bandOf(ring.arcs, place, INNER, OUTER)}
          fill={nodeColor(place)}
        />
      ))}
      {segments.map(({ id, key, owners, level }) => {
        const [x, y] = pointAt(key, SEGMENT_RADIUS + level * SEGMENT_RADIUS_STEP);
        const isPicked = picked.segmentId === id;
        const isFaded = picked.nodeId !== undefined && !owners.includes(picked.nodeId);
        return (
          <circle
            key={id}
            class={`segment${isPicked ? ' picked' : ''}${isFaded ? ' faded' : ''}`}
            cx={x}
            cy={y}
            r={isPicked ? 6 : 4}
            fill={nodeColor(ring.nodeIds.indexOf(owners[0] ?? ''))}
          >
            <title>{`segment ${id} of ${owners.join(', ')}`}</title>
          </circle>
        );
      })}
      <text y={-8} text-anchor="middle" class="figure">
        {count(ring.nodeIds.length)}
      </text>
      <text class="detail" y={12} text-anchor="middle">
        {ring.nodeIds.length === 1 ? 'reader' : 'readers'}
      </text>
      <text class="detail" y={30} text-anchor="middle">
        {`${count(ring.pointCount)} points`}
      </text>
    </svg>
  );
}

/** A segment whose neighbour is very near goes one level out. */
function levelled({ segments }: RingPage) {
  const drawn: (RingPage['segments'][number] & { readonly level: number })[] = [];
  for (const segment of segments) {
    const last = drawn.at(-1);
    const isNear = last !== undefined && (segment.key - last.key) / 2 ** 32 < NEAR;
    drawn.push({ ...segment, level: isNear ? (last.level + 1) % LEVELS_MAX : 0 });
  }
  return drawn;
}
