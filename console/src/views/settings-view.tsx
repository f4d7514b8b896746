import { useEffect, useState } from 'preact/hooks';
import type { ConfigRow } from '../../../config/describe-config.ts';
import { DataTable } from '../components/data-table.tsx';
import { readPage } from '../data/management-port.ts';

/** What `braid config` prints, of the process that serves this page. */
export function SettingsView() {
  const [rows, setRows] = useState<readonly ConfigRow[]>();
  const [error, setError] = useState('');
  const [wanted, setWanted] = useState('');
  useEffect(() => {
    readPage<readonly ConfigRow[]>('/config').then(setRows, (failure: Error) => setError(failure.message));
  }, []);
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
