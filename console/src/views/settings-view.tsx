import { useState } from 'preact/hooks';
import type { ConfigRow } from '../../../config/describe-config.ts';
import { DataTable } from '../components/data-table.tsx';
import { usePage } from '../data/use-page.ts';

/** What `braid config` prints, of the process that serves this page. */
export function SettingsView() {
  const { value: rows, error } = usePage<readonly ConfigRow[]>('/config');
  const [wanted, setWanted] = useState('');
  if (error !== '') return <p role="alert">{error}</p>;
  if (!rows) return <p class="muted">reading …</p>;
  const shown = rows.filter((row) => `${row.name} ${row.description}`.toLowerCase().includes(wanted.toLowerCase()));
  return (
    <>
      <label>
        Find <input type="search" value={wanted} onInput={(event) => setWanted(event.currentTarget.value)} />
      </label>
      <DataTable
        caption="Settings"
        columns={['Setting', 'Value', 'From', 'Variable', 'What it is']}
        rows={shown.map((row) => [
          row.name,
          <code key="value">{row.value}</code>,
          row.source,
          <code key="variable">{row.variable}</code>,
          row.description,
        ])}
      />
    </>
  );
}
