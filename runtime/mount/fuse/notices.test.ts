/** Notices to the kernel: their content and order for each UPCALL, and never before a reply under way. */
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { makeIatt, Rig, u32, u64 } from '../../../test/support/fuse.ts';
import { ENOENT } from '../../core/errno.ts';
import type { Frame } from '../../core/frame.ts';
import { fail, unwind } from '../../core/gen/fops.gen.ts';
import type { Inode } from '../../core/inode.ts';
import {
  invalidateEntries,
  invalidateEntry,
  invalidateInode,
  invalidateRemoved,
} from '../../core/upcall.ts';
import type { Fops, Xlator } from '../../core/xlator.ts';
import { OP } from './opcodes.ts';
import * as P from './protocol.ts';

let rig: Rig;
afterEach(() => rig.close());

const leaf = (): Xlator => rig.graph.xlators[0]!;
const root = (): Inode => rig.graph.inodes.root;
const done = (): Promise<void> => rig.session.notices.awaitHandled();

/** The replies and notices written since the last call, as text. */
function written(): string[] {
  const all: string[] = [];
  while (rig.hasAnswer()) {
    const { unique, error, body } = rig.receive();
    all.push(unique === 0 ? notice(error, body) : `answer ${unique}`);
  }
  return all;
}

function notice(code: number, body: Buffer): string {
  const id = (at: number): number => Number(body.readBigInt64LE(at));
  const name = (at: number): string => body.toString('latin1', at, body.length - 1);
  switch (code) {
    case P.NOTIFY_INVAL_INODE:
      return `inode ${id(0)} from ${id(8)}`;
    case P.NOTIFY_INVAL_ENTRY:
      return `${body.readUInt32LE(12) === P.EXPIRE_ONLY ? 'expire' : 'entry'} ${id(0)}/${name(16)}`;
    case P.NOTIFY_DELETE:
      return `removed ${id(8)} ${id(0)}/${name(24)}`;
    case P.NOTIFY_INC_EPOCH:
      return 'every entry';
    default:
      return `code ${code}`;
  }
}

/** Agrees on a minor version. */
const agree = (minor: number): void => {
  const words = [7, minor, 0, 0, ...Array(12).fill(0)].map((word: number) => u32(word));
  rig.ask(OP.INIT, 0, ...words);
};

describe('an UPCALL', () => {
  test('for an inode sends a notice that invalidates its attributes, with or without its data', async () => {
    rig = await Rig.make();
    const inode = rig.find('file');
    invalidateInode(leaf(), inode);
    invalidateInode(leaf(), inode, { data: false });
    await done();
    expect(written()).toEqual([`inode ${inode.id} from 0`, `inode ${inode.id} from -1`]);
  });

  test('for a name sends a notice that drops, expires or removes it', async () => {
    rig = await Rig.make();
    const dir = rig.find('dir');
    const file = rig.find('file', dir.id);
    invalidateEntry(leaf(), root(), 'none');
    invalidateEntry(leaf(), dir, 'file', { expire: true });
    invalidateRemoved(leaf(), dir, 'file', file);
    await done();
    expect(written()).toEqual([
      'entry 1/none',
      `expire ${dir.id}/file`,
      `removed ${file.id} ${dir.id}/file`,
    ]);
  });

  test('for all names sends one notice', async () => {
    rig = await Rig.make();
    agree(45);
    invalidateEntries(leaf());
    await done();
    expect(written()).toEqual(['every entry']);
  });

  test('for all names sends an older kernel one notice for each known name', async () => {
    rig = await Rig.make();
    agree(43);
    const dir = rig.find('dir');
    rig.find('file', dir.id);
    invalidateEntries(leaf());
    await done();
    expect(written()).toEqual(['expire 1/dir', `expire ${dir.id}/file`]);
    expect(rig.lines.join('\n')).toContain('cannot expire all names');
  });

  test('for an inode that the kernel does not know sends nothing', async () => {
    rig = await Rig.make();
    const unknown = rig.graph.inodes.newInode();
    invalidateInode(leaf(), unknown);
    invalidateEntry(leaf(), unknown, 'x');
    await done();
    expect(written()).toEqual([]);
  });

  test('for a name that cannot be encoded as bytes throws an error to the translator that sent it', async () => {
    rig = await Rig.make();
    expect(() => invalidateEntry(leaf(), root(), '\ud800')).toThrow(/surrogate|name/i);
    rig.graph.top.notify('UPCALL', { gfid: 'of another kind' });
    expect(rig.session.notices.size).toBe(0);
  });
});

describe('a notice', () => {
  test('added during a request is written after its reply', async () => {
    rig = await Rig.make({
      lookup: (frame, xl, loc) => {
        invalidateEntry(xl as Xlator, loc.parent!, loc.name!);
        fail.lookup(frame, ENOENT);
      },
    });
    const unique = rig.send(OP.LOOKUP, 1, 'none');
    await done();
    expect(written()).toEqual([`answer ${unique}`, 'entry 1/none']);
  });

  test('is written after the replies of requests under way, but does not wait for later requests', async () => {
    const kept: Frame[] = [];
    rig = await Rig.make({ lookup: (frame) => void kept.push(frame) });
    const [first, second] = [rig.send(OP.LOOKUP, 1, 'a'), rig.send(OP.LOOKUP, 1, 'b')];
    invalidateEntry(leaf(), root(), 'a');
    const third = rig.send(OP.LOOKUP, 1, 'c');
    fail.lookup(kept[1]!, ENOENT);
    expect(written()).toEqual([`answer ${second}`]);
    expect(rig.session.inFlightCount).toBe(3);
    fail.lookup(kept[0]!, ENOENT);
    await done();
    expect(written()).toEqual([`answer ${first}`, 'entry 1/a']);
    fail.lookup(kept[2]!, ENOENT);
    expect(written()).toEqual([`answer ${third}`]);
  });

  test('does not wait for a request whose reply is not cached', async () => {
    const kept: Frame[] = [];
    const fops: Fops<null> = { setxattr: (frame) => void kept.push(frame) };
    rig = await Rig.make(fops);
    const unique = rig.send(OP.SETXATTR, 1, u32(1), u32(0), 'user.a', new Uint8Array(1));
    invalidateEntry(leaf(), root(), 'a');
    await done();
    expect(written()).toEqual(['entry 1/a']);
    unwind.setxattr(kept[0]!, 0, 0, null);
    expect(written()).toEqual([`answer ${unique}`]);
  });
});

describe('waiting notices', () => {
  /** A session with a lookup under way, which `release` answers. */
  async function waiting(): Promise<() => Promise<string[]>> {
    let held: Frame | undefined;
    rig = await Rig.make({
      lookup: (frame) => {
        held = frame;
      },
    });
    agree(45);
    rig.send(OP.LOOKUP, 1, 'held');
    return async () => {
      fail.lookup(held!, ENOENT);
      await done();
      return written().slice(1);
    };
  }

  test('equal waiting notices are sent once, at the position of the last one', async () => {
    const release = await waiting();
    for (const name of ['a', 'b', 'a', 'c', 'b']) invalidateEntry(leaf(), root(), name);
    invalidateEntry(leaf(), root(), 'a', { expire: true });
    expect(rig.session.notices.size).toBe(4);
    expect(await release()).toEqual(['entry 1/a', 'entry 1/c', 'entry 1/b', 'expire 1/a']);
  });

  test('for very many names become one notice for all names, and those for inodes stay', async () => {
    const release = await waiting();
    invalidateInode(leaf(), root());
    for (let i = 0; i < 4100; i++) invalidateEntry(leaf(), root(), `name ${i}`);
    expect(rig.session.notices.size).toBeLessThan(20);
    const got = await release();
    expect(got.slice(0, 2)).toEqual(['inode 1 from 0', 'every entry']);
    expect(got.at(-1)).toBe('entry 1/name 4099');
  });

  test('are dropped at the end of the mount, and awaitHandled resolves', async () => {
    await waiting();
    invalidateEntry(leaf(), root(), 'a');
    const ended = done();
    rig.session.close();
    await ended;
    invalidateEntry(leaf(), root(), 'b');
    expect(rig.session.notices.size).toBe(0);
  });
});

test('no notice overtakes the reply of an earlier request, in any order of events', async () => {
  const step = fc.oneof(
    fc.record({ send: fc.nat(3) }),
    fc.record({ answer: fc.nat(3) }),
    fc.record({ invalidate: fc.nat(3) }),
  );
  let frame: Frame | null = null;
  rig = await Rig.make({
    stat: (given) => {
      frame = given;
    },
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      const kept: { unique: number; frame: Frame }[] = [];
      const buf = makeIatt(2);
      const answer = (at: number): void => {
        const [taken] = kept.splice(at % kept.length, 1);
        unwind.stat(taken!.frame, 0, 0, buf, null);
      };
      const asked: { name: string; after: number[] }[] = [];
      for (const [i, one] of steps.entries()) {
        if ('send' in one) {
          const unique = rig.send(OP.GETATTR, 1, u32(0), u32(0), u64(0));
          kept.push({ unique, frame: frame! });
        } else if ('answer' in one) {
          if (kept.length > 0) answer(one.answer);
        } else {
          const name = `n${i}`;
          asked.push({ name, after: kept.map(({ unique }) => unique) });
          invalidateEntry(leaf(), root(), name);
        }
      }
      while (kept.length > 0) answer(0);
      await done();
      const order = written();
      for (const { name, after } of asked) {
        const at = order.indexOf(`entry 1/${name}`);
        expect(at).toBeGreaterThanOrEqual(0);
        for (const unique of after) expect(order.indexOf(`answer ${unique}`)).toBeLessThan(at);
      }
    }),
    { numRuns: 30 },
  );
});
