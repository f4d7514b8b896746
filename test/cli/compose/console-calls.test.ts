import { describe, expect, test } from 'vitest';
import { consoleCalls } from '../../../cli/compose/console-calls.ts';
import type { ProcessParts } from '../../../cli/compose/process-parts.ts';

const SEARCH = '/console/calls/entities/search';

/** The search of a console at this address; it ends at what is asked of the operations, of which there are none. */
function searchAt(management: { readonly host: string; readonly consoleSearch?: boolean }): Promise<unknown> {
  const profiler = { profile: () => Promise.reject(new Error('searched')) };
  const parts = { config: { management }, tracing: { profiler } } as unknown as ProcessParts;
  return consoleCalls(parts, {} as Parameters<typeof consoleCalls>[1]).get(SEARCH)!({});
}

describe('the search of the console', () => {
  test.each(['127.0.0.1', '127.8.0.1', '::1', 'localhost'])('is there on %s', async (host) => {
    await expect(searchAt({ host })).rejects.toThrow('searched');
    await expect(searchAt({ host, consoleSearch: false })).rejects.toMatchObject({ kind: 'privilegeNotPermitted' });
  });

  test.each(['0.0.0.0', '::', '10.0.0.7', 'node-1.example'])('is refused on %s unless allowed', async (host) => {
    await expect(searchAt({ host })).rejects.toThrow(`management.host is ${host}`);
    await expect(searchAt({ host, consoleSearch: true })).rejects.toThrow('searched');
  });
});
