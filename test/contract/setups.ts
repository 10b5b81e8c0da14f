/** The storages on which the storage contract runs. */
import { accessSync, chmodSync, chownSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import delayGen from '../../runtime/xlators/debug/delay-gen/index.ts';
import errorGen from '../../runtime/xlators/debug/error-gen/index.ts';
import ioStats from '../../runtime/xlators/debug/io-stats/index.ts';
import trace from '../../runtime/xlators/debug/trace/index.ts';
import meta from '../../runtime/xlators/meta/index.ts';
import memory from '../../runtime/xlators/storage/memory/index.ts';
import posix from '../../runtime/xlators/storage/posix/index.ts';
import type { Traits } from './check.ts';
import { startVolume, type TestVolume } from './driver.ts';

export interface Setup extends Traits {
  /** Starts an empty volume for the running test, and removes its files afterwards. */
  start(): Promise<TestVolume>;
}

const isRoot = process.geteuid?.() === 0;
/** An ordinary user. */
const USER = 65_534;
/** A file system in memory, which has other ways than the disk's. */
const SHM = '/dev/shm';

function brick(under: string): string {
  const directory = mkdtempSync(join(under, 'glossa-brick-'));
  // As the root of storage/memory.
  chmodSync(directory, 0o1777);
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

type Options = Readonly<Record<string, string>>;

const onDisk = (directory: string, options: Options = {}): Promise<TestVolume> =>
  startVolume([{ name: 'disk', translator: posix, options: { directory, ...options } }]);

/** A folder in memory where the machine has one: on a disk, the folders of a thousand handles take seconds. */
const memoryFolder = (): string => (canUse(SHM) ? SHM : tmpdir());

/** As on a brick of GlusterFS. */
const WITH_HANDLES: Options = { 'gfid-handles': 'on' };

/** storage/posix without root's rights, on a directory of that user. */
function asUser(under: string, options: Options = {}): Promise<TestVolume> {
  const directory = brick(under);
  if (isRoot) {
    chownSync(directory, USER, USER);
    process.setegid?.(USER);
    process.seteuid?.(USER);
    onTestFinished(() => {
      process.seteuid?.(0);
      process.setegid?.(0);
    });
  }
  return onDisk(directory, options);
}

function canUse(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK);
    return true;
  } catch {
    // Not every machine has it.
    return false;
  }
}

/** Translators that observe only, or that affect no check. */
const debugging = [
  { name: 'errors', translator: errorGen, options: { failure: '0.0000001', seed: '1' } },
  {
    name: 'delays',
    translator: delayGen,
    options: { 'delay-percentage': '1', 'delay-duration': '1' },
  },
  { name: 'trace', translator: trace, options: { 'log-history': 'on' } },
  {
    name: 'stats',
    translator: ioStats,
    options: { 'latency-measurement': 'on' },
  },
  { name: 'meta', translator: meta },
] as const;

export const setups: Readonly<Record<string, Setup>> = {
  memory: {
    privileged: true,
    start: () => startVolume([{ name: 'disk', translator: memory }]),
  },
  'memory below translators to look with': {
    privileged: true,
    start: () => startVolume([{ name: 'disk', translator: memory }, ...debugging]),
  },
  ...(isRoot && { posix: { privileged: true, start: () => onDisk(brick(tmpdir())) } }),
  ...(isRoot &&
    canUse(SHM) && { 'posix on tmpfs': { privileged: true, start: () => onDisk(brick(SHM)) } }),
  ...(isRoot && {
    'posix with gfid handles': {
      privileged: true,
      start: () => onDisk(brick(memoryFolder()), WITH_HANDLES),
    },
  }),
  'posix for a user': { privileged: false, start: () => asUser(tmpdir()) },
  'posix for a user with gfid handles': {
    privileged: false,
    start: () => asUser(memoryFolder(), WITH_HANDLES),
  },
};
