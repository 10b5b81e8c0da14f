/** GlusterFS's own mounts as stacks: the same storage and cache, written in C. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { StackPlan } from '../../bench/measure.ts';
import { NotMeasured } from '../../bench/missing.ts';
import type { Stack } from '../../bench/schema.ts';
import type { Served } from '../../bench/target.ts';
import type { PlainVolume } from '../../graph/description.ts';
import { printVolumes } from '../../graph/print.ts';
import { findMount } from '../../mount/fuse/channel.ts';
import { MNT_DETACH } from '../../sys/constants.ts';
import { umount2 } from '../../sys/libc.ts';
import { cstring } from '../../sys/struct.ts';
import type { Serving } from './serving.ts';

const PROGRAM = 'glusterfs';
const STORAGE = 'storage';

/** What `--with` knows: volumes above a storage/posix. */
export const glusterStacks = {
  glusterfs: { description: 'GlusterFS, storage/posix alone.', above: [] },
  'nl-cache': {
    description: 'GlusterFS, its cache of absent names over storage/posix.',
    above: [
      {
        name: 'nl-cache',
        type: 'performance/nl-cache',
        options: [
          ['nl-cache', 'on'],
          // Longer than any run, as far as it goes.
          ['nl-cache-timeout', '600'],
        ],
        subvolumes: [STORAGE],
      },
    ],
  },
} as const satisfies Record<
  string,
  { readonly description: string; readonly above: readonly PlainVolume[] }
>;

export type GlusterName = keyof typeof glusterStacks;
export const glusterNames = Object.keys(glusterStacks) as GlusterName[];

/** Why they cannot be measured here; null when they can. */
export function glusterProblem(): string | null {
  if (process.getuid?.() !== 0) return 'it mounts as root only';
  const { error } = spawnSync(PROGRAM, ['--version'], { stdio: 'ignore' });
  return error === undefined ? null : 'it is not installed (apt install glusterfs-client)';
}

const START_MS_MAX = 30_000;
const STOP_MS_MAX = 5_000;
const LOOK_MS = 2;

export function glusterPlan(name: GlusterName, serving: Serving): Stack & StackPlan {
  const { description, above } = glusterStacks[name];
  const directory = join(serving.data, name);
  const discard = (): void => rmSync(directory, { recursive: true, force: true });
  const storage: PlainVolume = {
    name: STORAGE,
    type: 'storage/posix',
    options: [['directory', directory]],
    subvolumes: [],
  };
  const volfile = printVolumes([storage, ...above]);
  const start = (fresh: boolean): Promise<Served> => {
    if (fresh) discard();
    mkdirSync(directory, { recursive: true });
    return serve(name, volfile, serving);
  };
  return {
    name,
    description,
    volfile,
    counted: null,
    serve: start,
    // It is no Node, and nobody knows where its time goes.
    serveProfiled: () => start(true),
    takeProfile: () => null,
    discard,
  };
}

async function serve(name: string, volfile: string, serving: Serving): Promise<Served> {
  const { scratch, mountFlags } = serving;
  const mountpoint = join(scratch, `${name}-mnt`);
  const log = join(scratch, `${name}.log`);
  const path = join(scratch, `${name}.vol`);
  mkdirSync(mountpoint, { recursive: true });
  writeFileSync(path, volfile);
  const timeouts = mountFlags.filter((flag) => flag.includes('-timeout='));
  const output = openSync(log, 'a');
  const begun = performance.now();
  // A session of its own: Ctrl-C is for the bench, which ends its servers in order.
  const child = spawn(PROGRAM, ['-N', '-f', path, '-l', log, ...timeouts, mountpoint], {
    detached: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const over = new Promise<void>((resolve) => {
    child.once('exit', () => resolve()).once('error', () => resolve());
  });
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const stop = (): Promise<void> => stopServer(child, over, mountpoint);
  while (findMount(mountpoint) === null) {
    if (hasEnded() || child.pid === undefined || performance.now() - begun > START_MS_MAX) {
      await stop();
      throw new NotMeasured(`it did not mount: ${complaint(log)}`);
    }
    await delay(LOOK_MS);
  }
  return {
    pid: child.pid!,
    mountpoint,
    startSeconds: (performance.now() - begun) / 1e3,
    stop,
    ended: async () => (hasEnded() ? `its server ended: ${complaint(log)}` : null),
  };
}

async function stopServer(
  child: ChildProcess,
  over: Promise<void>,
  mountpoint: string,
): Promise<void> {
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
  await over;
  clearTimeout(late);
  if (findMount(mountpoint) !== null) umount2(cstring(mountpoint), MNT_DETACH);
}

/** The last line of its log that is an error. */
function complaint(log: string): string {
  const lines = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
  return lines.findLast((line) => / E \[/.test(line)) ?? lines.at(-1) ?? 'it said nothing';
}
