import { expect, it } from 'vitest';
import { runCommand } from '../test/support/cli.ts';
import { convertOptions } from './mount-helper.ts';

const read = (options: string, sloppy = false) => {
  const warnings: string[] = [];
  const flags = convertOptions(options, sloppy, (text) => warnings.push(text));
  return { flags, warnings };
};

it.each([
  ['rw', []],
  ['ro,noexec', ['--read-only', '--noexec']],
  ['defaults,nosuid,nodev,noatime', []],
  ['suid,dev', ['--suid', '--dev']],
  ['acl', []],
  ['noacl', ['--no-acl']],
  ['no-acl', ['--no-acl']],
  ['_netdev,nofail,noauto,x-systemd.automount,X-mount.mkdir=0755,comment=mine', []],
  ['user=me,users,group', []],
  ['log-level=DEBUG,log-file=/tmp/a=b', ['--log-level=DEBUG', '--log-file=/tmp/a=b']],
  ['allow_other,strict=on,no-passthrough=off', ['--allow-other', '--strict']],
  [
    'xlator-option=a.b=c,xlator-option="d.e=f,g"',
    ['--xlator-option=a.b=c', '--xlator-option=d.e=f,g'],
  ],
  ['', []],
])('mount.glossa converts the mount options %s into flags of glossa mount', (options, flags) => {
  expect(read(options)).toEqual({ flags, warnings: [] });
});

it('mount.glossa warns of mount options without an effect', () => {
  expect(read('sync,ro')).toEqual({
    flags: ['--read-only'],
    warnings: ["the mount option 'sync' has no effect"],
  });
});

it.each([
  ['entry-timout=1', "unknown mount option 'entry-timout' (did you mean 'entry-timeout'?)"],
  ['no-daemon', "unknown mount option 'no-daemon'"],
  ['remount,ro', "a mount cannot be changed by 'remount': unmount it, and mount it again"],
  ['log-level', 'the mount option log-level needs a value (LEVEL)'],
  ['strict=maybe', "the mount option strict is on or off, not 'maybe'"],
])(
  'mount.glossa refuses the mount options %s with a status of mount(8)',
  async (options, message) => {
    const { status, err } = await runCommand(['mount.glossa', 'a.vol', '/mnt', '-o', options]);
    expect({ status, err }).toEqual({ status: 1, err: `mount.glossa: ${message}\n` });
  },
);

it('mount.glossa accepts unknown options with -s, and mounts nothing with -f', async () => {
  const said = await runCommand(['mount.glossa', 'a.vol', '/mnt', '-sfv', '-n', '-o', 'rw,zz,ro']);
  expect(said).toEqual({ status: 0, out: 'glossa mount --read-only -- a.vol /mnt\n', err: '' });
});

it.each([
  ['h:/v', '', '--volfile-server=h --volfile-id=/v -- /mnt'],
  ['h:/v/a/b', '', '--volfile-server=h --volfile-id=/v --subdir-mount=/a/b -- /mnt'],
  ['h:v/', 'ro', '--volfile-server=h --volfile-id=/v --read-only -- /mnt'],
  [
    'h,[::1]:/v.w',
    'server-port=1,backup-volfile-servers=a:b',
    '--volfile-server=h --volfile-server=[::1] --volfile-id=/v.w --volfile-server-port=1 ' +
      '--volfile-server=a --volfile-server=b -- /mnt',
  ],
  ['./h:/v', '', '-- ./h:/v /mnt'],
  ['/etc/h:v.vol', '', '-- /etc/h:v.vol /mnt'],
])(
  'mount.glossa tells a volume of a server from the path of a volfile: %s',
  async (what, options, flags) => {
    const said = await runCommand(['mount.glossa', what, '/mnt', '-fv', '-o', options]);
    expect(said).toEqual({ status: 0, out: `glossa mount ${flags}\n`, err: '' });
  },
);

it.each([
  ['an operand that is missing', ['a.vol'], 1, 'MNT is missing'],
  ['no servers', ['h:/v', '/mnt', '-o', 'backup-volfile-servers'], 1, 'needs a value'],
  [
    'a value that is wrong',
    ['a.vol', '/mnt', '-f', '-o', 'entry-timeout=x'],
    1,
    '--entry-timeout takes a number',
  ],
])('mount.glossa ends with the status of mount(8) for %s', async (_, args, status, message) => {
  const said = await runCommand(['mount.glossa', ...args]);
  expect(said.status).toBe(status);
  expect(said.err).toContain(message);
});
