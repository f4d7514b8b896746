import { DataTable } from '../components/data-table.tsx';
import { bytes, count } from '../components/format.ts';
import { HealthMark } from '../components/health-mark.tsx';
import { status } from '../data/status.ts';

export function MembersView() {
  const { value } = status.value;
  if (!value) return <p class="muted">reading …</p>;
  return (
    <>
      <p>
        Asked <code>{value.nodeId}</code> ({value.roles.join(', ')}): the nodes as it sees them.
      </p>
      <DataTable
        caption="Members"
        columns={['Node', 'Address', 'Roles', 'Health', 'Calls', 'Segments ready', 'Memory', 'Term']}
        numeric={['Calls', 'Segments ready', 'Memory', 'Term']}
        empty="this process sees no nodes: open the console of a router"
        rows={value.members.map((member) => [
          member.nodeId,
          member.address,
          member.roles.join(', '),
          <HealthMark key="health" health={member.health} />,
          member.callsRunning,
          count(member.readySegments),
          bytes(member.memoryBytes),
          member.term ?? '',
        ])}
      />
    </>
  );
}
