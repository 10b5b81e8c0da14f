import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{runtime,bridges,examples,test}/**/*.test.ts'],
    // Mounts and interpreters share two cores: one test file at a time keeps them honest.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', './test/support/closing-line.ts'],
  },
});
