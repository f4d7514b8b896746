import { useState } from 'preact/hooks';
import type { SlowQueriesPage, SlowQuery } from '../../../telemetry/log/slow-queries.ts';
import { Choice } from '../components/choice.tsx';
import { Empty, Failed, Reading } from '../components/empty.tsx';
import { count } from '../components/format.ts';
import { SlowTable } from '../components/slow-table.tsx';
import { usePage } from '../data/use-page.ts';

const REFRESH_MS = 5_000;
const ORDERS: Readonly<Record<'Slowest' | 'Newest', (page: SlowQueriesPage) => readonly SlowQuery[]>> = {
  Slowest: ({ slowest }) => slowest,
  Newest: ({ recent }) => recent,
};
type Order = keyof typeof ORDERS;

/** Reads that took longer than the threshold, with where their time went. */
export function SlowView() {
  const { value, error } = usePage<SlowQueriesPage>('/slow-queries', REFRESH_MS);
  const [order, setOrder] = useState<Order>('Slowest');
  if (error !== '' && !value) return <Failed error={error} />;
  if (!value) return <Reading heightPx={320} />;
  return (
    <>
      <p class="muted">
        {count(value.count)} reads took longer than {value.thresholdMs} ms (telemetry.slowQueryMs) since this router
        started; the 100 slowest and the 100 newest are kept.
      </p>
      {value.count === 0 ? (
        <Empty title="No slow read yet">
          Reads that take longer than {value.thresholdMs} ms come here with their plan.
        </Empty>
      ) : (
        <SlowTable
          caption={order}
          queries={ORDERS[order](value)}
          aside={<Choice label="Order" names={Object.keys(ORDERS) as Order[]} chosen={order} onChoose={setOrder} />}
        />
      )}
    </>
  );
}
