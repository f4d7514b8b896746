import { useState } from 'preact/hooks';
import type { ConfigRow } from '../../../config/describe-config.ts';
import { DataTable } from '../components/data-table.tsx';
import { Failed, Reading } from '../components/empty.tsx';
import { usePage } from '../data/use-page.ts';

/** What `braid config` prints, of the process that serves this page. */
export function SettingsView() {
  const { value: rows, error } = usePage<readonly ConfigRow[]>('/config');
  const [wanted, setWanted] = useState('');
  const [isChangedOnly, setChangedOnly] = useState(false);
  if (error !== '') return <Failed error={error} />;
  if (!rows) return <Reading heightPx={480} />;
  const shown = rows.filter(
    (row) =>
      (!isChangedOnly || row.source !== 'default') &&
      `${row.name} ${row.variable} ${row.description}`.toLowerCase().includes(wanted.toLowerCase()),
  );
  return (
    <>
      <div class="toolbar">
        <label class="inline">
          Find{' '}
          <input type="search" value={wanted} data-finds onInput={(event) => setWanted(event.currentTarget.value)} />
        </label>
        <label class="inline">
          <input type="checkbox" checked={isChangedOnly} onChange={() => setChangedOnly(!isChangedOnly)} /> only those
          that were set
        </label>
      </div>
      <DataTable
        caption="Settings"
        columns={['Setting', 'Value', 'From', 'Variable', 'What it is']}
        empty="no setting is called so"
        rows={shown.map((row) => [
          <b key="name">{row.name}</b>,
          <code key="value">{row.value}</code>,
          row.source,
          <code key="variable">{row.variable}</code>,
          row.description,
        ])}
        keys={shown.map(({ name }) => name)}
      />
    </>
  );
}
