import { type ReadonlySignal, signal } from '@preact/signals';
import { whenOpen } from './session.ts';

/** What was read last, and why the last reading failed (empty: it did not). */
export interface Polled<T> {
  readonly value: T | undefined;
  readonly error: string;
}

/** Reads again and again, each time when the last reading is over; not while the page is hidden or nobody who may is signed in. */
export function polled<T>(read: () => Promise<T>, intervalMs: number): ReadonlySignal<Polled<T>> {
  const state = signal<Polled<T>>({ value: undefined, error: '' });
  const poll = async (): Promise<void> => {
    await whenOpen();
    if (!document.hidden) {
      try {
        state.value = { value: await read(), error: '' };
      } catch (error) {
        state.value = { value: state.value.value, error: (error as Error).message };
      }
    }
    setTimeout(poll, intervalMs);
  };
  void poll();
  return state;
}
