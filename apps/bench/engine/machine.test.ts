import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { makeCpuMask } from './affinity.ts';
import { findFileSystemType } from './machine.ts';
import { readCpuSeconds, readPeakMemory } from './process-usage.ts';

const MOUNTS = [
  ['/', 'ext4'],
  ['/dev/shm', 'tmpfs'],
  ['/mnt', 'xfs'],
  ['/mnt', 'btrfs'],
].map(([mountpoint, type]) => ({
  ...{ device: '0:26', mountpoint: mountpoint!, type: type!, source: 'none', options: [] },
}));

describe('the bench', () => {
  it.each([
    ['/home/me', 'ext4'],
    ['/dev/shm/a', 'tmpfs'],
    ['/dev/shmem', 'ext4'],
    ['/mnt', 'btrfs'],
  ])('finds the path %s on the file system %s', (path, type) => {
    expect(findFileSystemType(path, MOUNTS)).toBe(type);
  });

  it('makes a CPU mask in which bit n stands for CPU n', () => {
    expect([...makeCpuMask([0])]).toEqual([1, 0, 0, 0, 0, 0, 0, 0]);
    expect([...makeCpuMask([1, 3, 8, 64])]).toEqual([
      10, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0,
    ]);
  });

  it('reads the CPU time and peak memory of a running process, and null for an absent one', () => {
    expect(readCpuSeconds(process.pid)).toBeGreaterThan(0);
    expect(readPeakMemory(process.pid)).toBeGreaterThan(10e6);
    // Above every limit of Linux (PID_MAX_LIMIT).
    expect([readCpuSeconds(5_000_000), readPeakMemory(5_000_000)]).toEqual([null, null]);
  });

  it('counts ended threads in the CPU time of a process', async () => {
    const busy = `let x = 0;
      for (let i = 0; i < 3e7; i++) x += Math.sqrt(i);
      require('node:worker_threads').parentPort.postMessage(x);`;
    const worker = new Worker(`setInterval(() => {}, 1e6); ${busy}`, { eval: true });
    await once(worker, 'message');
    const before = readCpuSeconds(process.pid);
    await worker.terminate();
    expect(readCpuSeconds(process.pid)).toBeGreaterThanOrEqual(before!);
  });
});
