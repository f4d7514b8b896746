import type { ComponentChildren } from 'preact';

/** A table with its caption. `numeric` names the columns that are aligned to the right. `key` of a row: its first cell, unless `keys` gives them. */
export function DataTable(props: {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly ComponentChildren[])[];
  readonly numeric?: readonly string[];
  readonly keys?: readonly (string | number)[];
  readonly empty?: string;
  /** Beside the caption. */
  readonly aside?: ComponentChildren;
}) {
  const { caption, columns, rows, numeric = [], keys, empty = 'none', aside } = props;
  const classOf = (column: number): string | undefined => (numeric.includes(columns[column]!) ? 'number' : undefined);
  return (
    <section class="panel" aria-label={caption}>
      <header>
        <h3>{caption}</h3>
        {rows.length > 1 && <span class="muted">{rows.length}</span>}
        {aside && <div class="aside">{aside}</div>}
      </header>
      {rows.length === 0 ? (
        <p class="muted none">{empty}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by keys
        <div class="scroll" tabIndex={0}>
          <table aria-label={caption}>
            <thead>
              <tr>
                {columns.map((column, i) => (
                  <th key={column} scope="col" class={classOf(i)}>
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row, place) => (
                <tr key={keys?.[place] ?? String(row[0])}>
                  {row.map((cell, i) => (
                    <td key={columns[i]} class={classOf(i)}>
                      {cell}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
