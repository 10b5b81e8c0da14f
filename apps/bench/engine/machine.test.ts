import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { makeFolder } from '../../../test/support/folder.ts';
import { simulateRun } from '../../../test/support/simulated-run.ts';
import { makeCpuMask } from './affinity.ts';
import { findFileSystemType, readIdlePollUs } from './machine.ts';
import { readCpuSeconds, readPeakMemory } from './process-usage.ts';
import { formatMachineSentence } from './report/run-sentences.ts';

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

  it.each([
    ['haltpoll', '0', 0, 'idle CPUs halt at once; load'],
    ['haltpoll', '200000', 200, 'idle CPUs poll 200 µs, then halt; load'],
    ['intel_idle', '200000', null, 'tmpfs; load'],
    ['haltpoll', null, null, 'tmpfs; load'],
    [null, null, null, 'tmpfs; load'],
  ])('reads how long idle CPUs poll: driver %s, %s ns', (driver, ns, us, words) => {
    const root = makeFolder();
    const files = {
      'sys/devices/system/cpu/cpuidle/current_driver': driver,
      'sys/module/haltpoll/parameters/guest_halt_poll_ns': ns,
    };
    for (const [path, text] of Object.entries(files)) {
      if (text === null) continue;
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), `${text}\n`);
    }
    const idlePollUs = readIdlePollUs(root);
    expect(idlePollUs).toBe(us);
    expect(formatMachineSentence({ ...simulateRun().machine, idlePollUs })).toContain(words);
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
