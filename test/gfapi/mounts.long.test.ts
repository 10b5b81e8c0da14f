/** The resources of 1,000 mounts of gluster.gfapi, in the program and in the server of all. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { listenApi, makeVolfileFolder } from '../support/api-server.ts';
import { isSkipped } from '../support/obstacle.ts';
import { findPythonObstacle, runPython } from '../support/python.ts';

/** Freed memory that an allocator may keep. */
const TOLERANCE_BYTES = 4 * 2 ** 20;

const LIMIT_MS = 600_000;

interface Resources {
  readonly descriptors: number;
  readonly threads: number;
  readonly children: number;
  readonly memoryBytes: number;
}

const countDescriptors = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

it.skipIf(isSkipped('1,000 mounts of gluster.gfapi', findPythonObstacle()))(
  '1,000 mounts and unmounts by gluster.gfapi leave no additional descriptors, threads or memory in use',
  async () => {
    const { server, path } = await listenApi(makeVolfileFolder());
    const begin = countDescriptors(server.pid!);
    const output = await runPython([join(import.meta.dirname, 'mounts.py'), path]);
    const { before, after } = JSON.parse(output) as Readonly<Record<string, Resources>>;
    expect(after).toEqual({ ...before, memoryBytes: expect.any(Number) });
    expect(after!.memoryBytes).toBeLessThan(before!.memoryBytes + TOLERANCE_BYTES);
    expect(countDescriptors(server.pid!)).toBe(begin);
  },
  LIMIT_MS,
);
