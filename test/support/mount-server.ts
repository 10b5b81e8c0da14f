/**
 * A process that serves a mount, for tests: started by `fork`, controlled by messages.
 *
 *   mount-server.ts memory MOUNTPOINT [OPTIONS]    storage/memory
 *   mount-server.ts answers MOUNTPOINT [OPTIONS]   a leaf where every name is absent; the name
 *                                                  sets the time of the reply (see `ways`)
 *   mount-server.ts remote MOUNTPOINT [OPTIONS]    the same, as if requests went to another process
 *
 * OPTIONS is JSON. It sends `ready`, or `error` with the code; answers `ping` with `pong` and
 * `counts` with the pump's counters; invalidates the name `now-cached` on `invalidate`; and sends
 * `unmounted` after the unmount.
 */
import { randomFillSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Context } from '../../runtime/core/context.ts';
import { EINTR, ENOENT } from '../../runtime/core/errno.ts';
import type { Frame } from '../../runtime/core/frame.ts';
import { fail, unwind } from '../../runtime/core/gen/fops.gen.ts';
import { ROOT_GFID } from '../../runtime/core/gfid.ts';
import { IA_IFDIR, Iatt } from '../../runtime/core/iatt.ts';
import { defineTranslator, type Translator } from '../../runtime/core/xlator.ts';
import { type KernelMount, mountGraph } from '../../runtime/mount/fuse/kernel-mount.ts';
import { MountError } from '../../runtime/mount/fuse/mount-error.ts';
import { pump } from '../../runtime/pump/pump.ts';
import memory from '../../runtime/xlators/storage/memory/index.ts';
import { makeGraph } from './core.ts';

const failAbsent = (frame: Frame): void => fail.lookup(frame, ENOENT);

/** The time of the reply, by the name's first word. */
const ways: Record<string, (frame: Frame) => void> = {
  now: failAbsent,
  promise: (frame) => void Promise.resolve().then(() => failAbsent(frame)),
  tick: (frame) => process.nextTick(() => failAbsent(frame)),
  immediate: (frame) => void setImmediate(() => setImmediate(() => failAbsent(frame))),
  timer: (frame) => void setTimeout(() => failAbsent(frame), 3),
  file: (frame) => void readFile('/proc/self/stat').then(() => failAbsent(frame)),
  wake: (frame) => {
    failAbsent(frame);
    Promise.resolve().then(() => process.send?.('woken'));
    pump.wake();
  },
  interrupt: (frame) => {
    process.send?.('hanging');
    frame.root.whenInterrupted(() => fail.lookup(frame, EINTR));
  },
  throw: () => {
    throw new Error('as the name says');
  },
  exit: () => process.exit(3),
};

const root = Object.assign(new Iatt(), {
  iaGfid: ROOT_GFID,
  iaType: IA_IFDIR,
  iaProt: 0o755,
  iaNlink: 2,
  iaCtime: 1,
});

const answers = defineTranslator<null, Record<string, never>>({
  type: 'debug/answers',
  description: 'Every name is absent.',
  children: [0, 0],
  options: {},
  init: () => null,
  fops: {
    lookup: (frame, _xl, loc) => {
      if (loc.name === null) unwind.lookup(frame, 0, 0, loc.inode, root, null, null);
      else ways[loc.name.split('-')[0]!]!(frame);
    },
    stat: (frame) => unwind.stat(frame, 0, 0, root, null),
  },
});

const leaves: Readonly<Record<string, unknown>> = {
  memory,
  answers,
  remote: { ...answers, isRemote: true },
};

const context: Context = {
  sink: { write: (line) => void process.stderr.write(`${line}\n`), now: () => Date.now() },
  now: () => performance.now(),
  after: (ms, fn) => {
    const timer = setTimeout(fn, ms);
    return () => clearTimeout(timer);
  },
  random: (out) => void randomFillSync(out),
  baseDir: '/',
  wake: () => pump.wake(),
};

let served = 0;

async function serve(leaf: Translator<unknown>, mountpoint: string, options: object) {
  const graph = makeGraph([{ translator: leaf }], context);
  await graph.start();
  const levels = { default: 4 as const, volumes: new Map() };
  const mount = await mountGraph({ graph, mountpoint, source: 'a,b', levels, ...options });
  mount.unmounted.then(async (error) => {
    await graph.stop();
    process.send?.(error === null ? 'unmounted' : `broken ${error.message}`);
    served -= 1;
    // Nothing else keeps the process alive.
    if (served === 0) process.disconnect();
  });
  served += 1;
  return mount;
}

async function main(kind: string, mountpoints: readonly string[], options: object): Promise<void> {
  const leaf = leaves[kind] as Translator<unknown>;
  const mounts: KernelMount[] = [];
  for (const mountpoint of mountpoints) mounts.push(await serve(leaf, mountpoint, options));
  process.on('message', (message) => {
    if (message === 'ping') process.send?.('pong');
    if (message === 'counts') process.send?.({ ...pump.counts });
    if (message === 'invalidate') {
      const { root } = mounts[0]!.session.graph.inodes;
      const notice = { kind: 'entry', parent: root, name: 'now-cached', expire: false } as const;
      void mounts[0]!.invalidate(notice).then(() => process.send?.('done'));
    }
    if (message === 'unmount')
      for (const mount of mounts) mount.unmount().catch(({ message }) => process.send?.(message));
  });
  process.send?.('ready');
}

const [kind, mountpoints, options] = process.argv.slice(2) as [string, string, string?];
main(kind, mountpoints.split(':'), JSON.parse(options ?? '{}')).catch((error: unknown) => {
  const known = error instanceof MountError;
  process.send?.(known ? `error ${error.code}: ${error.message}` : `error ${String(error)}`);
  process.disconnect();
});
