import { defineConfig } from 'vitest/config';

/**
 * Tests lie in `test/`, at the path of what they test. Suites that need a server of their own say so by name. The conformance suite (`test/sdk/`) is a
 * project of its own: its chapters share two running deployments.
 */
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'house',
          include: ['test/**/*.test.ts'],
          exclude: ['test/sdk/**'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'sdk',
          include: ['test/sdk/**/*.test.ts'],
          globalSetup: ['test/sdk/support/start-deployments.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
