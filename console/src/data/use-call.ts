import { useEffect, useState } from 'preact/hooks';
import type { ConsoleAnswer } from '../../../cli/compose/page-shapes.ts';
import { call } from './management-port.ts';
import type { Polled } from './polled.ts';

/** The answer of one read-only call, asked again when what is asked changes and, with an interval, again and again. Without a body nothing is asked. */
export function useCall<T>(path: string, body: object | undefined, intervalMs = 0): Polled<T> {
  const { value, error } = useCalls<T>(path, body ? [body] : [], intervalMs);
  return { value: value?.[0], error };
}

/** The same for several bodies; the answers are in their order. */
export function useCalls<T>(path: string, bodies: readonly object[], intervalMs = 0): Polled<readonly T[]> {
  const [state, setState] = useState<Polled<readonly T[]>>({ value: undefined, error: '' });
  const texts = JSON.stringify(bodies);
  useEffect(() => {
    let isWanted = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async (): Promise<void> => {
      try {
        const asked = JSON.parse(texts) as readonly object[];
        const answers = await Promise.all(asked.map((body) => call<ConsoleAnswer>(path, body)));
        if (isWanted) setState({ value: answers.map(({ data }) => data as T), error: '' });
      } catch (error) {
        if (isWanted) setState((last) => ({ value: last.value, error: (error as Error).message }));
      }
      if (isWanted && intervalMs > 0) timer = setTimeout(ask, intervalMs);
    };
    setState({ value: undefined, error: '' });
    void ask();
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [path, texts, intervalMs]);
  return state;
}
