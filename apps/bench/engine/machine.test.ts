import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { cpuMask } from './affinity.ts';
import { fileSystemOf } from './machine.ts';
import { cpuSeconds, peakMemory } from './usage.ts';

const MOUNTS = [
  ['/', 'ext4'],
  ['/dev/shm', 'tmpfs'],
  ['/mnt', 'xfs'],
  ['/mnt', 'btrfs'],
].map(([mountpoint, type]) => ({
  ...{ device: '0:26', mountpoint: mountpoint!, type: type!, source: 'none', options: [] },
}));

describe('description of the machine', () => {
  it.each([
    ['/home/me', 'ext4'],
    ['/dev/shm/a', 'tmpfs'],
    ['/dev/shmem', 'ext4'],
    ['/mnt', 'btrfs'],
  ])('%s is on %s', (path, type) => {
    expect(fileSystemOf(path, MOUNTS)).toBe(type);
  });

  it('cpuMask sets bit n for CPU n', () => {
    expect([...cpuMask([0])]).toEqual([1, 0, 0, 0, 0, 0, 0, 0]);
    expect([...cpuMask([1, 3, 8, 64])]).toEqual([10, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('reads CPU time and memory of a process, and null of an absent one', () => {
    expect(cpuSeconds(process.pid)).toBeGreaterThan(0);
    expect(peakMemory(process.pid)).toBeGreaterThan(10e6);
    // Above every limit of Linux (PID_MAX_LIMIT).
    expect([cpuSeconds(5_000_000), peakMemory(5_000_000)]).toEqual([null, null]);
  });

  it('CPU time includes threads that have ended', async () => {
    const busy = `let x = 0;
      for (let i = 0; i < 3e7; i++) x += Math.sqrt(i);
      require('node:worker_threads').parentPort.postMessage(x);`;
    const worker = new Worker(`setInterval(() => {}, 1e6); ${busy}`, { eval: true });
    await once(worker, 'message');
    const before = cpuSeconds(process.pid);
    await worker.terminate();
    expect(cpuSeconds(process.pid)).toBeGreaterThanOrEqual(before!);
  });
});
