/**
 * Systems on which mounting is impossible: a line with the reason and the remedy, and one that names
 * the commands that need no mount.
 */
import { expect, it } from 'vitest';
import { asUser, NOBODY } from '../test/support/client.ts';
import { describeMounts, runGlossa, type Scratch, withScratch } from '../test/support/mount.ts';
import { selected } from '../test/support/test-selection.ts';
import { prepareProgram } from '../test/support/user.ts';

const isRoot = process.getuid?.() === 0;

/** Runs its arguments behind the script in a namespace of its own, after the script. */
const after = (script: string): string[] => {
  const lines = `${script}\nexec "$@"`;
  return ['unshare', '-m', '--propagation', 'private', 'bash', '-ec', lines, 'bash'];
};

/** Replaces `/dev` by a folder with the devices that a program needs. */
const devices = (...more: string[]): string[] =>
  after(
    ['mkdir dev', 'mount -t tmpfs none dev', 'mknod -m 666 dev/null c 1 3']
      .concat('mknod -m 666 dev/urandom c 1 9', more, 'mount --bind dev /dev')
      .join('\n'),
  );

const ADVICE =
  "load it with 'modprobe fuse', give a container '--device /dev/fuse', or, where permission is " +
  'denied, let the user open /dev/fuse';
const WITHOUT_MOUNT =
  "    without a mount, 'glossa fs' and 'glossa api' reach the files of a volfile, programs do by " +
  "Volume, and 'glossa playground' shows translators at work";
const CAPABILITY =
  'mounting as root needs CAP_SYS_ADMIN, which containers get by ' +
  "'--cap-add SYS_ADMIN --device /dev/fuse'";

interface Refused {
  readonly wrapper: (user: readonly string[]) => readonly string[];
  /** The user who mounts; by default root. */
  readonly user?: true;
  readonly says: RegExp | string;
}

const cases: Readonly<Record<string, Refused>> = {
  'no /dev/fuse': {
    wrapper: () => devices(),
    says: `the kernel's FUSE is not available (/dev/fuse: No such file or directory); ${ADVICE}`,
  },
  'a kernel without FUSE': {
    wrapper: () => devices('mknod dev/fuse c 10 250'),
    says: `the kernel's FUSE is not available (/dev/fuse: No such device); ${ADVICE}`,
  },
  'root without CAP_SYS_ADMIN': {
    wrapper: () => ['setpriv', '--bounding-set=-sys_admin', '--'],
    says: `the kernel does not permit it (mount: Operation not permitted); ${CAPABILITY}`,
  },
  'a user without a name': {
    wrapper: () => [
      ...devices('mknod -m 666 dev/fuse c 10 229'),
      'sh',
      '-c',
      'chown 4321 . home mnt mnt/in; exec "$0" "$@"',
      ...asUser({ uid: 4321, gid: 4321 }),
    ],
    user: true,
    says:
      'the user has no name, by which fusermount3 knows users; add a line for uid 4321 to ' +
      '/etc/passwd, or mount as another user',
  },
  'no fusermount3': {
    wrapper: (user) => [...user, 'env', 'PATH=/nowhere'],
    user: true,
    says: "'fusermount3' was not found, which mounts for users other than root; install the package fuse3",
  },
  'no /dev/fuse for a user': {
    wrapper: () => [...devices(), ...asUser(NOBODY)],
    user: true,
    says: /^the kernel's FUSE is not available \((fusermount3|\/dev\/fuse): .*\); load it with 'modprobe fuse'/,
  },
  'a /dev/fuse that the user may not open': {
    wrapper: () => [...devices('mknod -m 600 dev/fuse c 10 229'), ...asUser(NOBODY)],
    user: true,
    says: /^the kernel's FUSE is not available \((fusermount3|\/dev\/fuse): .*Permission denied\); .* let the user/,
  },
  'a folder that the user may not search': {
    wrapper: (user) => [...after('chmod 700 mnt; chown 0 mnt; mkdir -p mnt/in'), ...user],
    user: true,
    says: /you may not search it; mount on a directory that you may search and write to$/,
  },
};

async function attempt(
  scratch: Scratch,
  frontEnd: string,
  { wrapper, user }: Refused,
): Promise<string> {
  await scratch.writeFile('test.vol', 'volume mem\n    type storage/memory\nend-volume\n');
  await scratch.makeFolder('mnt/in');
  const program = user ? await prepareProgram(scratch, NOBODY) : {};
  const how = { ...program, wrapper: wrapper(program.wrapper ?? []) };
  const log = scratch.at(user ? 'home/log' : 'log');
  const { status, out, err } = await runGlossa(
    scratch,
    ['mount', 'test.vol', 'mnt/in', '--fuse', frontEnd, '-l', log],
    how,
  );
  expect({ status, out }).toEqual({ status: 1, out: '' });
  expect(scratch.findMounts()).toEqual([]);
  return err;
}

const sayWhatToDo = (frontEnd: string): void => {
  it.runIf(isRoot).each(Object.entries(cases))('%s', (_, refused) =>
    withScratch(async (scratch) => {
      const err = await attempt(scratch, frontEnd, refused);
      const before = `glossa: cannot mount on ${scratch.at('mnt/in')}: `;
      expect(err.startsWith(before), err).toBe(true);
      const [line, ...more] = err.slice(before.length).split('\n');
      // Another mount point helps where only this one is refused.
      const advice = line!.includes('mount on a directory') ? [] : [WITHOUT_MOUNT];
      expect(more).toEqual([...advice, '']);
      if (typeof refused.says === 'string') expect(line).toBe(refused.says);
      else expect(line).toMatch(refused.says);
    }),
  );
};

const frontEnds = [
  ...(selected.first ? ['kernel'] : []),
  ...(selected.others ? ['fuse-native'] : []),
];
for (const name of frontEnds) {
  describeMounts(`glossa mount --fuse ${name} prints the reason and the remedy for`, () =>
    sayWhatToDo(name),
  );
}
