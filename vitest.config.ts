import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/bench/**'],
    globalSetup: ['test/support/global-setup.ts'],
    // Far beyond what any takes: only what never ends is to fail by it, however busy the machine.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 60_000 } },
    // Two cores, one PostgreSQL and one Chromium are shared by all files; more workers only queue.
    maxWorkers: 2,
    pool: 'forks',
    // Modules keep nothing but counters, and every file its own database: loading them once a worker is enough.
    isolate: false,
  },
});
