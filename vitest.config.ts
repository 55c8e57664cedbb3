import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/bench/**'],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Two cores, one PostgreSQL and one Chromium are shared by all files; more workers only queue.
    maxWorkers: 2,
    pool: 'forks',
  },
});
