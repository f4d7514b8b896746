import type { CollectionPage, MemberPage, SegmentPage } from '../../../cli/compose/page-shapes.ts';
import { Badge } from './badge.tsx';
import { bytes, count, percent, plural, shortened } from './format.ts';
import { toneOfHealth } from './health-mark.tsx';
import type { RingPick } from './ring.tsx';

export interface StripProps {
  readonly collection: CollectionPage;
  readonly readers: readonly MemberPage[];
  /** By node id. */
  readonly shares: ReadonlyMap<string, number>;
  readonly colorOf: (nodeId: string) => string;
  readonly picked: RingPick;
  readonly onPick: (pick: RingPick) => void;
}

type Held = 'holds it' | 'loads it' | 'serves it until it has moved';

/** Which segment lives where: a row for each reader, a square for each segment it has to do with. */
export function SegmentStrips(props: StripProps) {
  const { collection, readers } = props;
  const segments = new Map(collection.segments.map((segment) => [segment.id, segment]));
  const moving = new Map(collection.placement.moving.map((segment) => [segment.id, segment]));
  const owners = Object.values(collection.placement.explanations).map((explanation) => explanation.owners ?? {});
  const owns = (nodeId: string, id: number): boolean => owners.some((of) => of[id]?.includes(nodeId) ?? false);
  const heldBy = ({ nodeId, address }: MemberPage, { id, readyOn }: SegmentPage): Held | undefined => {
    if (readyOn.includes(address)) return owns(nodeId, id) ? 'holds it' : 'serves it until it has moved';
    return moving.get(id)?.to.includes(address) ? 'loads it' : undefined;
  };
  return (
    <div class="scroll">
      <table class="strips" aria-label="Segments of each reader">
        <thead>
          <tr>
            <th scope="col">Reader</th>
            <th scope="col" class="number">
              Share of keys
            </th>
            <th scope="col" class="number">
              Holds
            </th>
            <th scope="col">Segments</th>
          </tr>
        </thead>
        <tbody>
          {readers.map((reader) => {
            const held = [...segments.values()].flatMap((segment) => {
              const how = heldBy(reader, segment);
              return how ? [{ segment, how }] : [];
            });
            return <Strip key={reader.nodeId} {...props} reader={reader} held={held} />;
          })}
        </tbody>
      </table>
    </div>
  );
}

function Strip(
  props: StripProps & {
    readonly reader: MemberPage;
    readonly held: readonly { readonly segment: SegmentPage; readonly how: Held }[];
  },
) {
  const { reader, held, shares, colorOf, picked, onPick } = props;
  const byteLength = held.reduce((sum, { segment }) => sum + segment.byteLength, 0);
  const isPicked = picked.nodeId === reader.nodeId;
  return (
    <tr class={isPicked ? 'picked' : undefined}>
      <th scope="row">
        <button
          type="button"
          class="bare"
          aria-pressed={isPicked}
          title={reader.nodeId}
          onClick={() => onPick(isPicked ? {} : { nodeId: reader.nodeId })}
        >
          <i class="swatch" style={{ background: colorOf(reader.nodeId) }} /> {shortened(reader.nodeId, 30)}
        </button>{' '}
        {reader.health !== 'healthy' && <Badge tone={toneOfHealth(reader.health)}>{reader.health}</Badge>}
      </th>
      <td class="number">{shares.has(reader.nodeId) ? percent(shares.get(reader.nodeId)!) : '–'}</td>
      <td class="number">{bytes(byteLength)}</td>
      <td>
        <div class="squares">
          {held.map(({ segment, how }) => (
            <button
              key={segment.id}
              type="button"
              class={`${how === 'holds it' ? 'holds' : how === 'loads it' ? 'loads' : 'leaves'}`}
              aria-pressed={picked.segmentId === segment.id}
              aria-label={`segment ${segment.id}: ${how}`}
              title={`segment ${segment.id}, ${plural(segment.rows, 'row')}, ${bytes(segment.byteLength)}: ${how}`}
              style={{ '--own': colorOf(reader.nodeId) }}
              onClick={() => onPick({ segmentId: segment.id })}
            />
          ))}
          {held.length === 0 && <span class="muted">none</span>}
          {held.length > 0 && <small class="muted">{count(held.length)}</small>}
        </div>
      </td>
    </tr>
  );
}
