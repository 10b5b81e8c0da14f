/** SETXATTR, GETXATTR and LISTXATTR. */
import { afterEach, describe, expect, test } from 'vitest';
import { Rig, u32 } from '../../../../test/support/fuse.ts';
import { Dict } from '../../../core/dict.ts';
import type { Frame } from '../../../core/frame.ts';
import { fail, unwind } from '../../../core/gen/fops.gen.ts';
import { Iatt } from '../../../core/iatt.ts';
import type { Fops } from '../../../core/xlator.ts';
import { OP } from '../opcodes.ts';

const [ERANGE, ENODATA, EILSEQ, EOPNOTSUPP] = [34, 61, 84, 95];

let rig: Rig;
afterEach(() => rig.close());

describe('an extended attribute', () => {
  const seen: Frame[] = [];
  const xattrs: Fops<null> = {
    getxattr: (frame, _xl, _loc, name) => {
      seen.push(frame);
      const all = new Dict()
        .set('user.a', new TextEncoder().encode('value'))
        .set('user.n', 42)
        .set('security.selinux', 'x');
      if (name === null || all.has(name)) unwind.getxattr(frame, 0, 0, all, null);
      else fail.getxattr(frame, ENODATA);
    },
  };
  const getxattr = (size: number, name: string) => rig.ask(OP.GETXATTR, 1, u32(size), u32(0), name);

  test('is returned as its value, as its length for size 0, or as ERANGE for a buffer that is too small', async () => {
    rig = await Rig.make(xattrs);
    expect(getxattr(0, 'user.a').body.readUInt32LE(0)).toBe(5);
    expect(getxattr(5, 'user.a').body.toString()).toBe('value');
    expect(getxattr(4, 'user.a').error).toBe(-ERANGE);
    expect(getxattr(9, 'user.n').body.toString()).toBe('42');
    expect(getxattr(9, 'user.none').error).toBe(-ENODATA);
  });

  test.each([
    ['text that encodes no bytes', 'a\ud800b', 'the lone surrogate U+D800 (at 1)'],
    ['an iatt', new Iatt(), 'an iatt is not text or bytes'],
  ])('whose value is %s fails with EILSEQ and a warning', async (_what, value, reason) => {
    rig = await Rig.make({
      getxattr: (frame) => unwind.getxattr(frame, 0, 0, new Dict().set('user.x', value), null),
    });
    for (const size of [0, 100]) expect(getxattr(size, 'user.x').error).toBe(-EILSEQ);
    expect(rig.lines.filter((line) => line.includes(reason))).toHaveLength(2);
    expect(rig.lines[0]).toContain("GETXATTR: the reply has 'user.x' that cannot be encoded");
  });

  test('user.glossa.watch has the greatest length for size 0, as its value is unknown before an event', async () => {
    rig = await Rig.make(xattrs);
    seen.length = 0;
    const name = 'user.glossa.watch.0_0_1.0_1.0_0';
    expect(getxattr(0, name).body.readUInt32LE(0)).toBe(65_536);
    expect(seen).toEqual([]);
    expect(getxattr(100, name).error).toBe(-ENODATA);
  });

  test('is listed by its name and a NUL', async () => {
    rig = await Rig.make(xattrs);
    const { body } = rig.ask(OP.LISTXATTR, 1, u32(100), u32(0));
    expect(body.toString()).toBe('user.a\0user.n\0');
    expect(rig.ask(OP.LISTXATTR, 1, u32(0), u32(0)).body.readUInt32LE(0)).toBe(14);
    expect(rig.ask(OP.LISTXATTR, 1, u32(3), u32(0)).error).toBe(-ERANGE);
  });

  test('named security.selinux, glossa.fs-flags or trusted.gfid is refused without a fop', async () => {
    rig = await Rig.make(xattrs);
    seen.length = 0;
    expect(getxattr(0, 'security.selinux').error).toBe(-EOPNOTSUPP);
    expect(getxattr(0, 'glossa.fs-flags').error).toBe(-EOPNOTSUPP);
    const set = rig.ask(OP.SETXATTR, 1, u32(1), u32(0), 'trusted.gfid', Buffer.from('x'));
    expect(set.error).toBe(-1);
    expect(seen).toEqual([]);
  });

  test('set by SETXATTR is copied, so that its value stays valid after the next message', async () => {
    const kept: (Dict | null)[] = [];
    rig = await Rig.make({
      setxattr: (frame, _xl, _loc, dict) => {
        kept.push(dict);
        unwind.setxattr(frame, 0, 0, null);
      },
    });
    rig.ask(OP.SETXATTR, 1, u32(3), u32(0), 'user.a', Buffer.from('abc'));
    rig.ask(OP.SETXATTR, 1, u32(3), u32(0), 'user.a', Buffer.from('xyz'));
    const values = kept.map((dict) => new TextDecoder().decode(dict!.bytes('user.a')));
    expect(values).toEqual(['abc', 'xyz']);
  });
});
