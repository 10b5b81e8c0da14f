/**
 * Mounts an empty directory, runs a shell command, unmounts, and prints the outcome. For tests as
 * another user: mount-once.ts MOUNTPOINT OPTIONS(JSON) COMMAND
 */
import { exec } from 'node:child_process';
import { promisify } from 'node:util';
import { unwind } from '../../runtime/core/gen/fops.gen.ts';
import { ROOT_GFID } from '../../runtime/core/gfid.ts';
import { IA_IFDIR, Iatt } from '../../runtime/core/iatt.ts';
import { defineTranslator } from '../../runtime/core/xlator.ts';
import { mountGraph } from '../../runtime/mount/fuse/kernel-mount.ts';
import { MountError } from '../../runtime/mount/fuse/mount-error.ts';
import { findMount } from '../../runtime/mount/mountinfo.ts';
import { FakeContext, makeGraph } from './core.ts';

const root = Object.assign(new Iatt(), {
  iaGfid: ROOT_GFID,
  iaType: IA_IFDIR,
  iaProt: 0o777,
  iaNlink: 2,
  iaCtime: 1,
});

const empty = defineTranslator({
  type: 'debug/empty',
  description: 'A root, and nothing in it.',
  children: [0, 0],
  options: {},
  init: () => null,
  fops: {
    lookup: (frame, _xl, loc) => unwind.lookup(frame, 0, 0, loc.inode, root, null, null),
    stat: (frame) => unwind.stat(frame, 0, 0, root, null),
  },
});

async function main(mountpoint: string, options: object, command: string): Promise<void> {
  const graph = makeGraph([{ translator: empty }], new FakeContext());
  await graph.start();
  const levels = { default: 4 as const, volumes: new Map() };
  const mount = await mountGraph({ graph, mountpoint, source: 'a,b', levels, ...options });
  const { stdout } = await promisify(exec)(command);
  process.stdout.write(stdout);
  await mount.unmount();
  console.log(`unmounted, ${findMount(mountpoint) === null ? 'and gone' : 'but still there'}`);
}

const [mountpoint, options, command] = process.argv.slice(2) as [string, string, string];
main(mountpoint, JSON.parse(options), command).catch((error: unknown) => {
  console.log(error instanceof MountError ? `${error.code}: ${error.message}` : error);
});
