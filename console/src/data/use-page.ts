import { useEffect, useState } from 'preact/hooks';
import { readPage } from './management-port.ts';
import type { Polled } from './polled.ts';

/** A page of the management port, read once when the view is opened. */
export function usePage<T>(path: string): Polled<T> {
  const [state, setState] = useState<Polled<T>>({ value: undefined, error: '' });
  useEffect(() => {
    readPage<T>(path).then(
      (value) => setState({ value, error: '' }),
      (error: Error) => setState({ value: undefined, error: error.message }),
    );
  }, [path]);
  return state;
}
