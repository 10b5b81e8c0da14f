/**
 * A replicated volume of GlusterFS: its own client over bricks of one kind, GlusterFS's or
 * glossa's.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findFreePort } from '../../server/start-server.ts';
import { renderVolume } from './brick-clients.ts';
import { makeFolder } from './folder.ts';
import { OurBrick, RealBrick, RealMount } from './gluster.ts';

/** Options by which lookups heal files. */
const HEALS = {
  'data-self-heal': 'on',
  'metadata-self-heal': 'on',
  'entry-self-heal': 'on',
};

/** Lists a brick's files without its handles and replicate's counters. */
const TREE = `
import hashlib, os, stat, sys
os.chdir(sys.argv[1])
for folder, dirs, files in os.walk('.'):
    names = files + dirs
    if folder == '.':
        dirs.remove('.glusterfs')
        names = ['.'] + files + dirs
    dirs.sort()
    for name in sorted(names):
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

/** Lists the attributes by which replicate marks a stale brick. */
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

const runPython = (script: string, ...args: string[]): string => {
  const { stdout, stderr } = spawnSync('python3', ['-c', script, ...args], { encoding: 'utf8' });
  return stdout + stderr;
};

const KINDS = {
  ours: (folder: string, files: string, port: number) => OurBrick.serve(folder, files, { port }),
  "GlusterFS's": (folder: string, files: string, port: number) =>
    RealBrick.start(folder, { files, port }),
};

export type BrickKind = keyof typeof KINDS;
export const BRICK_KINDS = Object.keys(KINDS) as BrickKind[];

export class ReplicatedVolume {
  /** The mounts, processes and folders of the volume. */
  readonly folder = makeFolder();
  readonly names: readonly string[];
  readonly bricks: (OurBrick | RealBrick)[] = [];
  mount!: RealMount;

  private constructor(names: readonly string[]) {
    this.names = names;
  }

  /** @param names of the bricks' clients */
  static async start(
    whose: BrickKind,
    names: readonly string[] = ['c0', 'c1'],
  ): Promise<ReplicatedVolume> {
    const volume = new ReplicatedVolume(names);
    try {
      await volume.begin(whose);
    } catch (error) {
      await volume.end();
      throw error;
    }
    return volume;
  }

  private async begin(whose: BrickKind): Promise<void> {
    const { bricks, folder, names } = this;
    for (const [at, name] of names.entries()) {
      mkdirSync(this.brickFolder(at), { recursive: true });
      bricks.push(
        await KINDS[whose](join(folder, name), this.brickFolder(at), await findFreePort()),
      );
    }
    this.mount = await RealMount.start(folder, 'mnt', this.volfile);
  }

  private get volfile(): string {
    const clients = this.names.map((name, at) =>
      renderVolume(
        name,
        'protocol/client',
        {
          'remote-host': '127.0.0.1',
          'remote-port': String(this.bricks[at]!.port),
          'remote-subvolume': 'brick',
        },
        null,
      ),
    );
    const options = { 'afr-pending-xattr': this.names.join(','), ...HEALS };
    return [...clients, renderVolume('V', 'cluster/replicate', options, this.names.join(' '))].join(
      '\n',
    );
  }

  /** The folder that a brick serves. */
  brickFolder(at: number): string {
    return join(this.folder, this.names[at]!, 'files');
  }

  /** All that a brick has, as text. */
  readTree(at: number): string {
    return runPython(TREE, this.brickFolder(at));
  }

  /** The pending changes that replicate records, by brick; '' if no change is pending. */
  readPending(): string {
    return this.names.map((_, at) => runPython(PENDING, this.brickFolder(at))).join('');
  }

  /** Looks every file up, so that the client heals it. */
  healFiles(): Promise<string> {
    return this.mount.runScript(
      'find . -exec stat {} + > /dev/null; find . -type f -exec cat {} + > /dev/null; ls -lR > /dev/null',
    );
  }

  /** Ends the started parts. */
  async end(): Promise<void> {
    await this.mount?.end();
    for (const brick of this.bricks) await brick.end();
  }
}
