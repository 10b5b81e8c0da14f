/** Keys of volfiles, redaction for other machines, ports and ids. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { EACCES, EFBIG, EINVAL, ENOENT } from '../../runtime/core/errno.ts';
import { makeFolder } from '../../test/support/folder.ts';
import { Portmap } from './portmap.ts';
import { computeVolumeId, isRefusal, parseKey, VolfileFolder } from './volfile-folder.ts';
import { redactVolfile } from './volfile-programs.ts';
import { isLoopback } from './volfile-server.ts';

it.each([
  ['vol', 'vol'],
  ['/vol', 'vol'],
  ['vol.127.0.0.1.srv-a', 'vol.127.0.0.1.srv-a'],
  ['name with blank', 'name with blank'],
  [`/${'x'.repeat(251)}`, 'x'.repeat(251)],
  ['x'.repeat(252), null],
  ['ü'.repeat(126), null],
  ['//vol', null],
  ['', null],
  ['/', null],
  ['..', null],
  ['/../etc/passwd', null],
  ['a/b', null],
  ['.hidden', null],
  ['a\0b', null],
  ['a\nb', null],
])('the key %j of a volfile request names the volume %j', (key, volume) => {
  expect(parseKey(key)).toBe(volume);
});

it('a volfile folder serves only plain files within its directory', () => {
  const top = makeFolder();
  const path = join(top, 'served');
  mkdirSync(join(path, 'folder.vol'), { recursive: true });
  mkdirSync(join(top, 'served-too'));
  const volfile = 'volume v\n  type storage/posix\nend-volume\n';
  for (const name of ['served/a.vol', 'served/noend', 'outside.vol', 'served-too/o.vol']) {
    writeFileSync(join(top, name), volfile);
  }
  writeFileSync(join(path, 'empty.vol'), '');
  writeFileSync(join(path, 'large.vol'), '#'.repeat(9 * 2 ** 20));
  symlinkSync('a.vol', join(path, 'same.vol'));
  symlinkSync('../outside.vol', join(path, 'out.vol'));
  symlinkSync(join(top, 'served-too/o.vol'), join(path, 'too.vol'));
  symlinkSync('loop.vol', join(path, 'loop.vol'));
  const folder = new VolfileFolder(path);
  const read = (key: string) => {
    const content = folder.read(key);
    return isRefusal(content) ? content.errno : Buffer.from(content).toString();
  };
  expect(['a', '/a', 'same'].map(read)).toEqual([volfile, volfile, volfile]);
  expect(['out', 'too', 'empty', 'noend', 'folder', '../outside', 'large'].map(read)).toEqual([
    ...[EACCES, EACCES, ENOENT, ENOENT, EINVAL, EINVAL, EFBIG],
  ]);
  expect(read('loop')).toBeTypeOf('number');
});

it('a redacted volfile contains no passwords and no comments', () => {
  const redacted = redactVolfile(`
# option password one
volume c
  type protocol/client
  option username me   option password two
  option "password" three # four
  option
    password   five
  option remote-host h surplus-six
  option auth.login.me.password seven
  option password-file eight
  subvolumes a b
end-volume
password nine
`);
  expect(redacted).toBe(
    'volume c\ntype protocol/client\noption remote-host h\noption password-file eight\n' +
      'subvolumes a b\nend-volume\n',
  );
});

it('a volfile with an unterminated quote is not redacted but refused', () => {
  expect(redactVolfile('volume c\n option x "y\n option password z\nend-volume\n')).toBeNull();
});

it("the port map has a brick's port while the brick is connected", () => {
  const [first, second] = [{}, {}];
  const ports = new Portmap();
  expect([ports.signIn('a', 1, first), ports.signIn('b', 0, first)]).toEqual([true, false]);
  expect([ports.signIn('', 1, first), ports.signIn('b', 65_536, first)]).toEqual([false, false]);
  expect([ports.findPort('a'), ports.findPort('b'), ports.findBrick(1)]).toEqual([
    1,
    undefined,
    'a',
  ]);
  // A restarted brick connects before the server notices the end of its old connection.
  ports.signIn('a', 2, second);
  expect([ports.removeAll(first), ports.findPort('a')]).toEqual([[], 2]);
  expect([ports.signOut('a', 1), ports.signOut('a', 2), ports.findPort('a')]).toEqual([
    ...[false, true, undefined],
  ]);
  ports.signIn('c', 3, second);
  expect([ports.removeAll(second), ports.findPort('c')]).toEqual([['c'], undefined]);
});

it("a volume's id is a UUID that depends on its name alone", () => {
  expect(computeVolumeId('a')).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  expect(new Set(['a', 'b', 'a'].map(computeVolumeId)).size).toBe(2);
});

it.each(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])(
  '%s is a loopback address',
  (address) => {
    expect(isLoopback(address)).toBe(true);
  },
);

it.each(['10.0.0.1', '0.0.0.0', '::', '', '::ffff:10.1.2.3', '1127.0.0.1'])(
  '%j is not a loopback address',
  (address) => {
    expect(isLoopback(address)).toBe(false);
  },
);
