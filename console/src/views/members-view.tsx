import type { MemberPage, StatusPage } from '../../../cli/compose/page-shapes.ts';
import { Badge } from '../components/badge.tsx';
import { DataTable } from '../components/data-table.tsx';
import { Empty, Reading } from '../components/empty.tsx';
import { bytes, count, duration, milliseconds, rate, shortened } from '../components/format.ts';
import { HealthMark } from '../components/health-mark.tsx';
import { Stat, Stats } from '../components/stat.tsx';
import { load } from '../data/load.ts';
import { status } from '../data/status.ts';

const CLOCK_SKEW_SHOWN_MS = 1_000;

/** The nodes as this router sees them. */
export function MembersView() {
  const { value } = status.value;
  if (!value) return <Reading heightPx={320} />;
  const { members, nodeId, roles, version, startedAtMs, catalogVersion } = value;
  return (
    <>
      <Stats>
        <Stat name="This process" value={roles.join(' + ')} detail={nodeId} />
        <Stat name="Version" value={version || '–'} detail={`up for ${duration(Date.now() - startedAtMs)}`} />
        <Stat name="Catalog" value={catalogVersion} detail="version that this router knows" />
      </Stats>
      {members.length === 0 ? (
        <Empty title="This process sees no nodes">Open the console of a router: only routers know all of them.</Empty>
      ) : (
        <Table status={value} />
      )}
    </>
  );
}

function Table({ status: page }: { readonly status: StatusPage }) {
  const now = load.value.at(-1);
  const newest = new Map(page.collections.map(({ id, viewVersion }) => [id, viewVersion]));
  const members = [...page.members].sort((left, right) =>
    left.address.localeCompare(right.address, 'en', { numeric: true }),
  );
  return (
    <DataTable
      caption="Nodes"
      columns={[
        'Node',
        'Role',
        'Health',
        'Breaker',
        'Calls',
        'Now',
        'Segments',
        'Memory',
        'Views',
        'Term',
        'Zone',
        'Labels',
        'Version',
        'Up for',
        'Last report',
      ]}
      numeric={['Calls', 'Now', 'Segments', 'Memory', 'Term']}
      rows={members.map((member) => [
        <NodeName key="node" member={member} />,
        member.roles.join(', '),
        <HealthMark key="health" health={member.health} />,
        <Breaker key="breaker" member={member} />,
        now ? rate(now.nodeCallsPerSecond[member.address] ?? 0) : '–',
        member.callsRunning,
        count(member.readySegments),
        bytes(member.memoryBytes),
        viewsOf(member, newest),
        member.term ?? '',
        member.zone || '–',
        <Labels key="labels" member={member} />,
        member.version || '–',
        member.startedAtMs === undefined ? '–' : duration(Date.now() - member.startedAtMs),
        <Report key="report" member={member} />,
      ])}
      keys={members.map((member) => member.nodeId)}
    />
  );
}

/** The address below the name, where it is another. */
function NodeName({ member }: { readonly member: MemberPage }) {
  return (
    <>
      <b class="name" title={member.nodeId}>
        {shortened(member.nodeId, 36)}
      </b>
      {member.nodeId !== member.address && <small class="muted">{member.address}</small>}
    </>
  );
}

function Breaker({ member }: { readonly member: MemberPage }) {
  if (member.breaker === 'open') return <Badge tone="bad">set aside</Badge>;
  if (member.breaker === 'halfOpen') return <Badge tone="warn">being tried</Badge>;
  return member.isSlow ? <Badge tone="warn">slow, avoided</Badge> : <span class="muted">closed</span>;
}

/** A clock that is off is told: traces and time-outs of rows go by it. */
function Report({ member: { reportAgeMs, clockSkewMs = 0 } }: { readonly member: MemberPage }) {
  if (reportAgeMs === undefined) return <span class="muted">none yet</span>;
  return (
    <span class="nowrap">
      {(reportAgeMs / 1_000).toFixed(1)} s ago
      {Math.abs(clockSkewMs) > CLOCK_SKEW_SHOWN_MS && (
        <Badge tone="warn">
          clock {clockSkewMs > 0 ? 'ahead' : 'behind'} {milliseconds(Math.abs(clockSkewMs))}
        </Badge>
      )}
    </span>
  );
}

function Labels({ member }: { readonly member: MemberPage }) {
  const labels = Object.entries(member.labels);
  const weight = member.weight === 1 ? [] : [['weight', String(member.weight)] as const];
  if (labels.length + weight.length === 0) return <span class="muted">–</span>;
  return (
    <span class="nowrap">
      {[...weight, ...labels].map(([name, value]) => (
        <code key={name} class="chip">
          {name}={value}
        </code>
      ))}
    </span>
  );
}

/** How many collections it has read in an older view than the newest one. */
function viewsOf({ views }: MemberPage, newest: ReadonlyMap<number, number>) {
  const behind = views.filter(({ collectionId, viewVersion }) => viewVersion < (newest.get(collectionId) ?? 0)).length;
  if (views.length === 0) return <span class="muted">–</span>;
  return behind === 0 ? <span class="muted">newest</span> : <Badge tone="warn">{behind} behind</Badge>;
}
