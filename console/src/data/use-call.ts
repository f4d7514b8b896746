import { useEffect, useState } from 'preact/hooks';
import type { ConsoleAnswer } from '../../../cli/compose/page-shapes.ts';
import { call } from './management-port.ts';
import type { Polled } from './polled.ts';

/** The answer of one read-only call, asked again when what is asked changes. */
export function useCall<T>(path: string, body: object): Polled<T> {
  const [state, setState] = useState<Polled<T>>({ value: undefined, error: '' });
  const text = JSON.stringify(body);
  useEffect(() => {
    let isWanted = true;
    setState({ value: undefined, error: '' });
    call<ConsoleAnswer>(path, JSON.parse(text)).then(
      ({ data }) => isWanted && setState({ value: data as T, error: '' }),
      (error: Error) => isWanted && setState({ value: undefined, error: error.message }),
    );
    return () => {
      isWanted = false;
    };
  }, [path, text]);
  return state;
}
