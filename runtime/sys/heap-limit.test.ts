import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { computeGrowth } from './heap-limit.ts';
import { packageRoot } from './paths.ts';

const MIB = 2 ** 20;

it.each([
  ['12 MiB may grow by 66', 12 * MIB, 550],
  ['64 MiB may grow by 64', 64 * MIB, 100],
  ['130 MiB may grow by half', 130 * MIB, 50],
  ['300 MiB grows as V8 chooses', 300 * MIB, 0],
])('a heap of %s', (_, bytes, percent) => {
  expect(computeGrowth(bytes)).toBe(percent);
});

/** The line that V8 prints after a full collection (`--trace-gc-verbose`). */
const LIMIT = /\[HeapController\] Limit: old size: (\d+) KB, new limit: (\d+) KB/g;

it('V8 lets the heap of a process that serves data grow by some 64 MiB after a full collection, at any size', () => {
  const program = `
    import { leaveRoomForData } from ${JSON.stringify(join(packageRoot, 'dist/runtime/sys/heap-limit.js'))};
    leaveRoomForData();
    const kept = [];
    for (let i = 0; i < 6; i++) {
      for (let at = 0; at < 300_000; at++) kept.push({ at });
      // Node reports collections between events.
      for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
      gc();
    }`;
  const args = ['--trace-gc-verbose', '--expose-gc', '--input-type=module', '-e', program];
  const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  const limits = [...stdout.matchAll(LIMIT)].map(([, size, limit]) => [
    Number(size),
    Number(limit),
  ]);
  expect(limits.length).toBeGreaterThanOrEqual(6);
  expect(limits.at(-1)![0]).toBeGreaterThan(60_000);
  for (const [size, limit] of limits) {
    expect(limit! - size!).toBeGreaterThan(50_000);
    // Half a heap at the most, and V8 adds the space of new objects.
    expect(limit! - size!).toBeLessThan(64_000 + size! / 2 + 40_000);
  }
});
