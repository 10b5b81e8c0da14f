/** A mount that can be read and not changed. */
import { expect, it } from 'vitest';
import { exchange, onExample } from '../../test/support/example.ts';

const EROFS = 'Read-only file system';

onExample('readonly', (example) => {
  it('a read-only mount shows the same files, links and xattrs as the folder below', async () => {
    await example.runOk('mkdir -p "$BRICK/d/e"; echo text > "$BRICK/d/f"; ln -s f "$BRICK/d/l"');
    await example.runOk('setfattr -n user.a -v b "$BRICK/d/f"');
    await example.runOk('tar cf - d | tar xf - -C "$SCRATCH"; diff -r d "$SCRATCH/d"');
    expect(await example.runOk('cat d/l; getfattr -n user.a --only-values d/f')).toBe('text\nb');
  });

  it.each([
    'touch d/new',
    'echo more >> d/f',
    ': > d/f',
    'mkdir d/new',
    'mknod d/new p',
    'ln -s f d/new',
    'ln d/f d/new',
    'rm -f d/f',
    'rmdir d/e',
    'mv d/f d/g',
    exchange('d/f', 'd/l'),
    'truncate -s 1 d/f',
    'chmod 600 d/f',
    'chown 1 d/f',
    'touch -d 2001-01-01 d/f',
    'setfattr -n user.a -v c d/f',
    'setfattr -x user.a d/f',
    'fallocate -l 100 d/f',
    'dd if=/dev/zero of=d/f bs=1 count=1 conv=notrunc status=none',
  ])('a read-only mount refuses the command %s', async (command) => {
    const tree = `cd "$BRICK"; find . -printf '%p %y %m %s %U %T@ %l %i\\n' | sort; cat d/f`;
    const before = await example.runOk(tree);
    expect(await example.runFailing(command)).toBe(EROFS);
    expect(await example.runOk(tree)).toBe(before);
  });

  it('df of a read-only mount reports no available space', async () => {
    expect(await example.runOk('df --output=avail,iavail . | tail -1')).toMatch(/^ +0 +0\n$/);
  });
});
