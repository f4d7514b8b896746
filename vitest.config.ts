import { defineConfig } from 'vitest/config';

/** Tests lie in `test/`, at the path of what they test. Suites that need a server of their own say so by name. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    fileParallelism: true,
    maxWorkers: 2,
  },
});
