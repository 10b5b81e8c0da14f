/**
 * A replicated volume of GlusterFS, whose client writes to two bricks of ours: what one of them has
 * missed while it was away it has again when files are looked at, as on bricks of GlusterFS. Not so yet what
 * it missed in the root itself, and directories with something in them that were removed meanwhile.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { volume } from '../../../../test/support/brick-clients.ts';
import {
  freePort,
  noBricks,
  OurBrick,
  RealBrick,
  RealMount,
} from '../../../../test/support/gluster.ts';

const NAMES = ['c0', 'c1'];
const PATIENCE = { timeout: 100_000, interval: 500 };

/** Heals what is looked at. */
const HEALS = {
  'afr-pending-xattr': NAMES.join(','),
  'data-self-heal': 'on',
  'metadata-self-heal': 'on',
  'entry-self-heal': 'on',
};

const volfile = (ports: readonly number[]): string => {
  const clients = NAMES.map((name, at) =>
    volume(
      name,
      'protocol/client',
      {
        'remote-host': '127.0.0.1',
        'remote-port': String(ports[at]),
        'remote-subvolume': 'brick',
      },
      null,
    ),
  );
  return [...clients, volume('V', 'cluster/replicate', HEALS, NAMES.join(' '))].join('\n');
};

/** All that a brick has, but for its own handles and what replicate counts. */
const TREE = `
import hashlib, os, stat, sys
os.chdir(sys.argv[1])
for folder, dirs, files in os.walk('.'):
    if folder == '.':
        dirs.remove('.glusterfs')
    dirs.sort()
    for name in sorted(files + dirs):
        path = os.path.join(folder, name)
        st = os.lstat(path)
        kind = stat.S_IFMT(st.st_mode)
        text = ''
        if kind == stat.S_IFREG:
            text = hashlib.md5(open(path, 'rb').read()).hexdigest()
        elif kind == stat.S_IFLNK:
            text = os.readlink(path)
        keys = [key for key in os.listxattr(path, follow_symlinks=False) if not key.startswith('trusted.afr.')]
        xattrs = ['%s=%s' % (key, os.getxattr(path, key, follow_symlinks=False).hex()) for key in sorted(keys)]
        size = 0 if kind == stat.S_IFDIR else st.st_size
        # Others were set by each brick's own clock.
        time = st.st_mtime_ns if st.st_mtime < 10 ** 6 else 0
        print(path, oct(st.st_mode), st.st_uid, st.st_gid, size, st.st_rdev, st.st_nlink, time, text, *xattrs)
`;

/** Names of attributes by which replicate says that a brick lacks something. */
const PENDING = `
import os, sys
for folder, dirs, files in os.walk(sys.argv[1]):
    for name in ['.'] + files:
        path = os.path.join(folder, name)
        for key in os.listxattr(path, follow_symlinks=False):
            value = os.getxattr(path, key, follow_symlinks=False)
            if key.startswith('trusted.afr.') and any(value):
                print(path, key, value.hex())
`;

const python = (script: string, ...args: string[]): string => {
  const { stdout, stderr } = spawnSync('python3', ['-c', script, ...args], { encoding: 'utf8' });
  return stdout + stderr;
};

const KINDS = {
  ours: (folder: string, files: string, port: number) => OurBrick.serve(folder, files, { port }),
  "GlusterFS's": (folder: string, files: string, port: number) =>
    RealBrick.start(folder, { files, port }),
};

describe.skipIf(noBricks())('a replicated volume of GlusterFS', () => {
  const ends: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  test.each(Object.keys(KINDS) as (keyof typeof KINDS)[])(
    'on bricks that are %s',
    async (whose) => {
      const folder = mkdtempSync(join(tmpdir(), 'glossa-replicate-'));
      ends.push(async () => rmSync(folder, { recursive: true }));
      const filesOf = (name: string): string => join(folder, name, 'files');
      const bricks: (OurBrick | RealBrick)[] = [];
      const ports: number[] = [];
      for (const name of NAMES) {
        mkdirSync(filesOf(name), { recursive: true });
        const port = await freePort();
        const brick = await KINDS[whose](join(folder, name), filesOf(name), port);
        ends.push(() => brick.end());
        bricks.push(brick);
        ports.push(port);
      }
      const mount = await RealMount.start(folder, 'mnt', volfile(ports));
      ends.push(() => mount.end());
      const tree = (name: string): string => python(TREE, filesOf(name));
      const pending = (): string => NAMES.map((name) => python(PENDING, filesOf(name))).join('');

      expect(
        await mount.sh(`
        mkdir d d/sub d/gone; echo text > d/a; head -c 3000000 /dev/urandom > d/large
        echo kept > d/kept; mkfifo d/pipe; ln -s a d/link; mknod d/null c 1 3; ln d/a d/hard
        setfattr -n user.x -v old d/a; setfattr -n user.gone -v 1 d/a; setfattr -n user.d -v 1 d
        touch d/removed; echo name > d/old; chmod 640 d/pipe; touch -d @1000 d/pipe d/null`),
      ).toBe('');
      await expect.poll(() => tree('c1'), PATIENCE).toBe(tree('c0'));

      await bricks[1]!.end();
      expect(
        await mount.sh(`
        echo more >> d/a; printf over | dd of=d/large bs=1 seek=1000000 conv=notrunc status=none
        chmod 751 d; chmod 600 d/a; chown 5:6 d/kept; setfattr -n user.x -v new d/a
        setfattr -x user.gone d/a; setfattr -n user.y -v 2 d/kept; setfattr -n user.d -v 2 d
        rm d/removed d/link; rmdir d/gone; mv d/old d/new; mkdir d/made; echo made > d/made/f
        mkfifo d/made/pipe; ln -s nowhere d/made/link; mknod d/made/zero c 1 5; ln d/kept d/more
        touch -d @2000 d/pipe d/null d/kept; touch -d @3000 d/made/pipe d/made/zero
        chmod 604 d/made/pipe d/null; truncate -s 100000 d/made/f`),
      ).toBe('');
      expect(tree('c1')).not.toBe(tree('c0'));
      expect(pending()).not.toBe('');
      const wanted = tree('c0');

      await bricks[1]!.run();
      const look =
        'find . -exec stat {} + > /dev/null; find . -type f -exec cat {} + > /dev/null; ls -lR > /dev/null';
      await expect
        .poll(async () => {
          await mount.sh(look);
          return pending();
        }, PATIENCE)
        .toBe('');
      expect(tree('c1')).toBe(tree('c0'));
      expect(tree('c0')).toBe(wanted);
      expect(await mount.sh('cat d/made/f | wc -c; cat d/a; stat -c %Y d/pipe d/made/pipe')).toBe(
        '100000\ntext\nmore\n2000\n3000\n',
      );
    },
  );
});
