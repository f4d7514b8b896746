import { useEffect, useState } from 'preact/hooks';
import { readPage } from './management-port.ts';
import type { Polled } from './polled.ts';

/** A page of the management port, read when the view is opened and, with an interval, again and again while it is there. */
export function usePage<T>(path: string, intervalMs = 0): Polled<T> {
  const [state, setState] = useState<Polled<T>>({ value: undefined, error: '' });
  useEffect(() => {
    let isWanted = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = async (): Promise<void> => {
      try {
        const value = document.hidden ? undefined : await readPage<T>(path);
        if (isWanted && value !== undefined) setState({ value, error: '' });
      } catch (error) {
        if (isWanted) setState((last) => ({ value: last.value, error: (error as Error).message }));
      }
      if (isWanted && intervalMs > 0) timer = setTimeout(read, intervalMs);
    };
    setState({ value: undefined, error: '' });
    void read();
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [path, intervalMs]);
  return state;
}
