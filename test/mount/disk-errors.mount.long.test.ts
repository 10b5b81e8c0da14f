/**
 * Errors of the disk reach programs unchanged: no space, quota, and input/output errors, including
 * those that only fsync(2) or close(2) report. The expected result is the bare disk's with its own
 * files; with and without passthrough.
 */
import { execFileSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { describe, expect, it, vi } from 'vitest';
import { Client } from '../support/client.ts';
import { describeDisks, makeDisk } from '../support/disk.ts';
import {
  describeMounts,
  findErrors,
  runGlossa,
  type Scratch,
  type ServedMount,
  startMount,
  withScratch,
} from '../support/mount.ts';
import { makeVolfile, withModule } from '../support/stacks.ts';

// Two servers, and hundreds of programs in turn.
vi.setConfig({ testTimeout: 300_000 });

const ways = [
  ['passthrough', []],
  ['no passthrough', ['--no-passthrough']],
] as const;

/** Runs a script in a directory. @returns its output */
async function say(folder: string, script: string, env = {}): Promise<string> {
  const { status, out, err } = await new Client(folder, `exec 2>&1\n${script}`, {
    env,
    patience: 250_000,
  }).outcome;
  return `${(out + err).replaceAll(folder, 'HERE')}(${status})`;
}

/** Mounts a directory; the mount must end without errors in its log. */
async function onMount(
  scratch: Scratch,
  brick: string,
  args: readonly string[],
  test: (mount: ServedMount) => Promise<void>,
): Promise<void> {
  const mount = await startMount(scratch, await makeVolfile(scratch, 'posix', brick), { args });
  await test(mount);
  if (args.length === 0) {
    const { out } = await runGlossa(scratch, ['stats', mount.path]);
    expect(out).toMatch(/passthrough-opened +[1-9]/);
  }
  expect(await mount.stop()).toBe(0);
  expect(findErrors(mount.log())).toEqual([]);
}

/** Two directories with equal space. */
type Twins = (scratch: Scratch) => Promise<{ bare: string; brick: string; disk: string }>;

const quota: Twins = async (scratch) => {
  const disk = await makeDisk(scratch, 'disk', 'btrfs', 160);
  const btrfs = (...args: string[]) => execFileSync('btrfs', args, { stdio: 'pipe' });
  btrfs('quota', 'enable', disk);
  for (const name of ['bare', 'brick']) {
    btrfs('subvolume', 'create', `${disk}/${name}`);
    btrfs('qgroup', 'limit', '1M', `${disk}/${name}`);
  }
  return { bare: `${disk}/bare`, brick: `${disk}/brick`, disk };
};

const small: Twins = async (scratch) => ({
  bare: await makeDisk(scratch, 'bare', 'ext4', 2),
  brick: await makeDisk(scratch, 'brick', 'ext4', 2),
  disk: scratch.path,
});

/** A disk that runs out of space only when data is written back. */
const thin: Twins = async (scratch) => {
  const pool = await scratch.makeFolder('pool');
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'glossa-test', pool]);
  const disk = await makeDisk(scratch, 'disk', 'ext4', 64, `${pool}/image`);
  execFileSync('dd', ['if=/dev/zero', `of=${pool}/rest`, 'bs=1M', 'count=5'], { stdio: 'pipe' });
  for (const name of ['bare', 'brick']) await mkdir(`${disk}/${name}`);
  return { bare: `${disk}/bare`, brick: `${disk}/brick`, disk };
};

const FILL = `"$NODE" "$CLIENTS/errnos.mjs" f ${'write:300000 '.repeat(8)} fsync
  mkdir d; ln f l; ln -s f s; mkfifo p; : > g; mv f h; ls; wc -c < h
  for n in $(seq 999); do mkdir d$n || break; done; ls | wc -l`;
const EMPTY = 'rm -rf *; sync -f "$DISK"; mkdir d && echo x > g && cat g; rm -r d g; ls';

describeDisks('a disk error', ['btrfs', 'ext4'], () =>
  describe.each(ways)('%s', (_, args) => {
    const alike = async (twins: Twins, scripts: readonly string[]): Promise<string[]> => {
      const outputs: string[] = [];
      await withScratch(async (scratch) => {
        const { bare, brick, disk } = await twins(scratch);
        await onMount(scratch, brick, args, async ({ path }) => {
          for (const script of scripts) {
            const expected = await say(bare, script, { DISK: disk });
            outputs.push(await say(path, script, { DISK: disk }));
            expect(outputs.at(-1)).toBe(expected);
          }
        });
      });
      return outputs;
    };

    it('EDQUOT is returned after the data that fits, and writes succeed again once there is space', async () => {
      const [full, empty] = await alike(quota, [FILL, EMPTY, FILL]);
      expect(full).toMatch(
        /^(write 300000\n)+write [12]?\d{1,5}\n(write EDQUOT\n)+fsync ok\nintact/,
      );
      for (const program of ['mkdir', 'ln', 'mkfifo', 'mv'])
        expect(full).toMatch(new RegExp(`${program}: .*Disk quota exceeded`));
      expect(empty).toBe('x\n(0)');
    });

    it('ENOSPC is returned after the data that fits, and writes succeed again once there is space', async () => {
      const [full, empty] = await alike(small, [FILL, EMPTY, FILL]);
      expect(full).toMatch(
        /^(write 300000\n)+write [12]?\d{1,5}\n(write ENOSPC\n)+fsync ok\nintact/,
      );
      expect(full).toMatch(/mkdir: .*No space left on device/);
      expect(empty).toMatch(/x\n\(0\)$/);
    });

    it('EDQUOT while a gfid is stored does not change the gfid in a later mount', () =>
      withScratch(async (scratch) => {
        const { brick } = await quota(scratch);
        const ask = `cat * > /dev/null; getfattr --only-values -n glusterfs.gfid.string *`;
        let gfid = '';
        await onMount(scratch, brick, args, async ({ path }) => {
          await say(path, FILL);
          gfid = await say(path, ask);
        });
        await onMount(scratch, brick, [], async ({ path }) => {
          expect(await say(path, ask)).toBe(gfid);
          expect(gfid).toMatch(/^[-0-9a-f]{36}\(0\)$/);
        });
      }));

    it('is reported once by fsync if it occurs after write(2), and by a synchronous write', async () => {
      const steps = `${'write:1000000 '.repeat(20)} fsync close`;
      const [late] = await alike(thin, [
        `"$NODE" "$CLIENTS/errnos.mjs" f ${steps}; rm f
        dd if=/dev/zero of=g bs=4M count=2 oflag=sync status=none
        dd if=/dev/zero of=h bs=4M count=2 conv=fsync status=none; rm g h`,
      ]);
      expect(late).toMatch(/^(write 1000000\n){20}fsync (ENOSPC|EIO)\nclose ok\ndd: .*dd: /s);
    });
  }),
);

/**
 * A volume whose fops fail on demand: `setfattr -n user.fails -v 'FOP[@OFFSET]=ERRNO ...'`; with an
 * offset only requests that reach beyond it fail.
 */
const FAILS = `import errno

from glupy import Translator


class xlator(Translator):
    observes = True
    def init(self):
        self.faults = {}

    def setxattr(self, frame, loc, attributes, flags, xdata):
        faults = attributes.get("user.fails")
        if faults is None:
            return self.any_fop(frame)
        pairs = (word.split("=") for word in bytes(faults).decode().split())
        self.faults = {fop: getattr(errno, name) for fop, name in pairs}
        frame.unwind(0, 0, None)

    def readv(self, frame, fd, size, offset, flags, xdata):
        self.from_offset(frame, offset + size)

    def readdir(self, frame, fd, size, offset, xdata):
        self.from_offset(frame, offset)

    def readdirp(self, frame, fd, size, offset, xdata):
        self.from_offset(frame, offset)

    def from_offset(self, frame, end):
        for fop, fault in self.faults.items():
            name, _, start = fop.partition("@")
            if name == frame.name and end > int(start or -1):
                return frame.fail(fault)
        frame.wind()

    def any_fop(self, frame, *args):
        fault = self.faults.get(frame.name)
        if fault is None:
            frame.wind()
        else:
            frame.fail(fault)
`;

const errnos = '"$NODE" "$CLIENTS/errnos.mjs"';

/** Fops that fail, and a script whose operations must then fail. */
const cases: readonly (readonly [title: string, fops: string, script: string])[] = [
  ['write', 'writev', `${errnos} new write:5000 close; rm new; echo x >> f; cat f`],
  ['write, O_SYNC', 'writev', 'dd if=/dev/zero of=f conv=notrunc oflag=sync count=1 status=none'],
  [
    'write, O_DIRECT',
    'writev',
    'dd if=/dev/zero of=f conv=notrunc oflag=direct bs=4k count=1 status=none',
  ],
  ['fsync', 'fsync', `${errnos} new write:5000 fsync close; sync -d f; rm new`],
  ['close', 'flush', `${errnos} new write:5000 close; ${errnos} f close; rm new`],
  ['fsync of a directory', 'fsyncdir', 'sync .'],
  ['read', 'readv', `${errnos} f read:10 read:10; cat f; cp f copy; rm copy`],
  ['read, O_DIRECT', 'readv', 'dd if=f iflag=direct bs=4k status=none'],
  ['open', 'open', 'cat f; echo x > f'],
  ['create', 'create', 'echo x > new; ls'],
  ['mkdir', 'mkdir', 'mkdir new; ls'],
  ['mknod', 'mknod', 'mkfifo new; ls'],
  ['symlink', 'symlink', 'ln -s f new; ls'],
  ['link', 'link', 'ln f new; ls; stat -c %h f'],
  ['rename', 'rename', 'mv f new; mv -T d e; ls; cat f'],
  ['unlink', 'unlink', 'rm f; ls'],
  ['rmdir', 'rmdir', 'rmdir d; ls'],
  ['readdir', 'readdir readdirp', 'ls; ls d'],
  ['opendir', 'opendir', 'ls; ls d'],
  ['truncate', 'truncate ftruncate', 'truncate -s 1 f; cat f'],
  ['fallocate', 'fallocate', 'fallocate -l 1M f; cat f'],
  ['chmod', 'setattr fsetattr', 'chmod 600 f; touch f; stat -c %a f'],
  ['setxattr', 'setxattr fsetxattr', 'setfattr -n user.k -v v f; getfattr -d f'],
  ['getxattr', 'getxattr fgetxattr', 'getfattr -n user.none f'],
  ['readlink', 'readlink', 'readlink -v s'],
  ['statfs', 'statfs', 'df .'],
];
const errors = {
  EIO: 'Input/output error',
  EDQUOT: 'Disk quota exceeded',
  ENOSPC: 'No space left',
};

/** Every case with every errno, preceded by its title and followed by two dashes. */
const script = [
  'fails() { setfattr -n user.fails -v "$1" "$LOWER"; }',
  'mkdir d; echo text > f; ln -s f s; touch d/g',
  ...cases.flatMap(([title, fops, commands]) =>
    Object.keys(errors).map(
      (errno) => `echo '${title}, ${errno}'; fails '${fops.replace(/\w+/g, `$&=${errno}`)}'
        ${commands}\nfails ''; echo --`,
    ),
  ),
  'rm -r *',
].join('\n');

/** Two mounts, one on a directory of the other. */
async function onFails(
  args: readonly string[],
  test: (brick: string, path: string, env: { LOWER: string }) => Promise<void>,
): Promise<void> {
  await withScratch(async (scratch) => {
    const disk = await makeVolfile(scratch, 'posix', await scratch.makeFolder('disk'));
    const volfile = await withModule(scratch, disk, { name: 'fails', text: FAILS });
    // The kernel allows no passthrough to files of a mount that uses it.
    const own = { name: 'lower', args: ['--no-passthrough'] };
    const lower = await startMount(scratch, volfile, own);
    const brick = await scratch.makeFolder('lower', 'brick');
    await onMount(scratch, brick, args, ({ path }) => test(brick, path, { LOWER: lower.path }));
    expect(await lower.stop()).toBe(0);
  });
}

describeMounts('an error of a file system below the storage', () =>
  describe.each(ways)('%s', (_, args) => {
    it('reaches programs unchanged, for each operation and errno', () =>
      onFails(args, async (brick, path, env) => {
        const expected = (await say(brick, script, env)).split('\n--\n');
        const outputs = (await say(path, script, env)).split('\n--\n');
        expect(outputs).toEqual(expected);
        expect(outputs).toHaveLength(cases.length * 3 + 1);
        for (const text of outputs.slice(0, -1)) {
          const [, errno] = /^.*, (\w+)\n/.exec(text)!;
          const message = errors[errno as keyof typeof errors];
          expect(text).toMatch(new RegExp(`\\n.*(${errno}|${message})`));
        }
      }));

    it('in the middle of a file or listing is returned after the data before it', () =>
      onFails(args, async (brick, path, env) => {
        const part = `seq 99999 > f; mkdir d; (cd d; touch $(seq 600))
          setfattr -n user.fails -v 'readv@131072=EIO readdir@100=EIO readdirp@100=EIO' "$LOWER"
          cat f | md5sum; cat f | wc -c; dd if=f bs=4k status=none | md5sum
          dd if=f bs=4k skip=100 status=none; ls d | grep -qx '[0-9]*' && echo some; setfattr -n user.fails -v '' "$LOWER"
          md5sum f; ls d | wc -l; rm -r *`;
        const expected = await say(brick, part, env);
        expect(await say(path, part, env)).toBe(expected);
        expect(expected).toMatch(/error\n131072\n(.*\n)*ls: .*Input\/output error\nsome\n/);
      }));
  }),
);
