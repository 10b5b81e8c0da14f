/** One directory served by GlusterFS and by glossa in turn. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { describeFrontEnds } from '../support/front-ends.ts';
import { RealMount } from '../support/gluster.ts';
import { type Scratch, startMount } from '../support/mount.ts';
import { setXattr } from '../support/xattr.ts';

const GLUSTERFS = '/usr/sbin/glusterfs';
const VOLUME_ID = '11111111-2222-4333-8444-555555555555';
const isPossible = existsSync(GLUSTERFS) && process.geteuid?.() === 0;

const run = async (at: string, script: string): Promise<string> =>
  (await promisify(execFile)('sh', ['-ec', script], { cwd: at, timeout: 50_000 })).stdout;

const volfile = (directory: string, ...options: string[]): string =>
  ['volume disk', 'type storage/posix', `option directory ${directory}`, ...options, 'end-volume']
    .join('\n')
    .concat('\n');

/** The output of a script on a mount of GlusterFS, in which `.gfid/UUID` leads to an inode. */
async function onGlusterfs(scratch: Scratch, brick: string, script: string): Promise<string> {
  const text = volfile(brick, `option volume-id ${VOLUME_ID}`);
  const flags = ['--aux-gfid-mount', '--attribute-timeout=1', '--entry-timeout=1'];
  const mount = await RealMount.start(scratch.path, 'gluster', text, flags);
  try {
    return await run(mount.path, script);
  } finally {
    await mount.end();
  }
}

const gfidCommand = (path: string): string =>
  `getfattr -n glusterfs.gfid.string --only-values ${path}; echo`;

describeFrontEnds(
  'a directory served by GlusterFS, then glossa, then GlusterFS',
  ['kernel', 'fuse-native'],
  (front) => {
    it.runIf(isPossible)('keeps its gfids, links and paths after each change of the server', () =>
      front.withScratch(async (scratch) => {
        const brick = await scratch.makeFolder('brick');
        const id = Buffer.from(VOLUME_ID.replaceAll('-', ''), 'hex');
        setXattr(brick, 'trusted.glusterfs.volume-id', id);
        const there = await onGlusterfs(
          scratch,
          brick,
          `mkdir -p d/e; echo text > d/e/f; ln d/e/f hard; ln -s nowhere l; ${gfidCommand('d/e/f')}; ${gfidCommand('d/e')}`,
        );
        const mount = await startMount(scratch, volfile(brick));
        const here = await run(mount.path, `${gfidCommand('d/e/f')}; ${gfidCommand('d/e')}`);
        expect(here).toBe(there);
        expect(await run(mount.path, 'stat -c %h d/e/f l; readlink l; ls -A')).toBe(
          '2\n1\nnowhere\nd\nhard\nl\n',
        );
        const paths = 'getfattr -n glusterfs.gfidtopath --only-values d/e/f | tr : "\\n" | sort';
        expect(await run(mount.path, paths)).toBe('/d/e/f\n/hard\n');
        const changes = 'mkdir x; mv d/e x/moved; mv hard x/; echo new > x/moved/new; rm l';
        await run(mount.path, changes);
        const [f, e] = here.split('\n');
        const newGfid = (await run(mount.path, gfidCommand('x/moved/new'))).trim();
        expect(await mount.stop()).toBe(0);
        const after = await onGlusterfs(
          scratch,
          brick,
          `cat .gfid/${f} .gfid/${newGfid}; stat -c %h x/hard; ls -A; ls x; getfattr -n glusterfs.gfidtopath --only-values .gfid/${e}; echo; ${paths.replace('d/e/f', 'x/hard')}`,
        );
        expect(after.replaceAll('\0', '')).toBe(
          'text\nnew\n2\nd\nx\nhard\nmoved\n/x/moved\n/x/hard\n/x/moved/f\n',
        );
      }),
    );
  },
);
