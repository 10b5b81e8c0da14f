/**
 * The bridge contract for values of fops: bytes, dicts, listings, and contexts of inodes and fds.
 */
import { expect, it } from 'vitest';
import { Dict } from '../../../runtime/core/dict.ts';
import { ENOENT } from '../../../runtime/core/errno.ts';
import type { Dirent, Iatt } from '../../../runtime/core/iatt.ts';
import { Fd, Loc } from '../../../runtime/core/operands.ts';
import { collectGarbage } from '../../../runtime/sys/scheduled-collection.ts';
import { makeAttributes, makeGfid } from '../../support/core.ts';
import { hostedLanguage, type Language, makeQuietStart } from '../../support/module.ts';
import { makeSized, takeTexts } from './requests.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (data: unknown): string => new TextDecoder().decode(data as Uint8Array);

/** Collects garbage, and what only later turns find to be garbage. */
async function collectAllGarbage(): Promise<void> {
  for (let round = 0; round < 4; round += 1) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

export function fopValueContract(folder: string, language: Language = hostedLanguage): void {
  const start = makeQuietStart(folder, language);

  /** The same object, or an equal copy. */
  const expectSame = (actual: unknown, expected: unknown): void => {
    if (language.copies === true) expect(actual).toEqual(expected);
    else expect(actual).toBe(expected);
  };

  it("bytes_upper: a module changes read data of any size, and the child's buffer stays as it was", async () => {
    const run = await start('bytes_upper');
    for (const length of [0, 1, 47, 48, 4096, 1 << 20]) {
      const data = Uint8Array.from({ length }, (_, i) => i % 256);
      const before = data.slice();
      const reply = run.ask('readv', new Fd(run.root, 0, 1), length, 0, 0, null);
      run.takeRequests()[0]!.answer(length, 0, data, makeSized(1), null);
      expect(reply).toMatchObject({ count: 1, opRet: length });
      const upper = data.map((byte) => (byte >= 97 && byte <= 122 ? byte - 32 : byte));
      expect(Buffer.compare(reply.values[0] as Uint8Array, upper)).toBe(0);
      // The child's own reply did not change.
      expect(Buffer.compare(data, before)).toBe(0);
    }
    run.expectSettled();
  });

  it('bytes_upper: a module changes, slices and empties written data', async () => {
    const run = await start('bytes_upper');
    for (const [offset, expected] of ['hello, world', 'ELL', 'HLO OL', ''].entries()) {
      const fd = new Fd(run.root, 1, 1);
      const reply = run.ask('writev', fd, bytes('HELLO, WORLD'), offset, 0, null);
      const [held] = run.takeRequests();
      expect([offset, text(held!.args[1])]).toEqual([offset, expected]);
      held!.answer(expected.length, 0, makeSized(1), makeSized(2), null);
      expect(reply).toMatchObject({ count: 1, opRet: expected.length });
    }
    run.expectSettled();
  });

  it('plain_dict: a plain dict of the language becomes an xdata with typed values', async () => {
    const run = await start('plain_dict');
    run.ask('stat', run.knownLoc('a'), null);
    const [held] = run.takeRequests();
    const dict = held!.args[1] as Dict;
    const entries = [...dict.keys()].map((key) => [key, dict.type(key), dict.get(key)]);
    expect(entries).toEqual([
      ['int', 'int', 1],
      ['str', 'str', 's'],
      ['bin', 'bin', Uint8Array.of(0, 255)],
      ['half', 'double', 0.5],
      ['yes', 'int', 1],
    ]);
    held!.answer(0, 0, makeSized(1), null);
    run.expectSettled();
  });

  it('plain_dict: a replaced value keeps its dict type where the new value fits', async () => {
    const run = await start('plain_dict');
    const xdata = Dict.of({ text: 'three', gone: 1, buf: makeSized(1), other: Uint8Array.of(1) })
      .set('count', 1, 'uint')
      .setGfid('gfid-req', makeGfid(1));
    run.ask('access', run.knownLoc('a'), 0, xdata);
    const [held] = run.takeRequests();
    const dict = held!.args[2] as Dict;
    const entries = Object.fromEntries(
      [...dict.keys()].map((k) => [k, [dict.type(k), dict.get(k)]]),
    );
    expect(entries).toEqual({
      count: ['uint', 2],
      'gfid-req': ['gfuuid', '00000000-0000-0000-0000-000000000000'],
      text: ['int', 3],
      owner: ['uint', 7],
      other: ['bin', Uint8Array.of(1)],
      buf: ['iatt', Object.assign(makeSized(1), { iaSize: 5 })],
    });
    expect(xdata.get('text')).toBe('three');
    held!.answer(0, 0, null);
    run.expectSettled();
  });

  it('entries: a module drops, renames and adds directory entries, and the rest keep their inodes', async () => {
    const run = await start('entries');
    const fd = new Fd(run.root, 0, 1, true);
    const entry = (name: string, off: number): Dirent => ({
      name,
      off,
      type: 8,
      gfid: makeGfid(off),
      stat: makeSized(off),
      dict: Dict.of({ name }),
      inode: run.graph.inodes.newInode(),
    });
    const all = [entry('.hidden', 1), entry('b', 2), entry('c\udc80', 3)];
    const changed = run.ask('readdir', fd, 4096, 0, null);
    run.takeRequests()[0]!.answer(3, 0, all, null);
    const [first, ...more] = changed.values[0] as Dirent[];
    expect([changed.opRet, first!.name, first!.stat!.iaSize]).toEqual([2, 'b', 77]);
    expect(first!.inode).toBe(all[1]!.inode);
    expect(more).toEqual([all[2]]);
    expectSame(more[0]!.stat, all[2]!.stat);
    expect(all[1]!.stat!.iaSize).toBe(2);

    const reply = run.ask('readdirp', fd, 4096, 0, null);
    run.takeRequests()[0]!.answer(3, 0, all, null);
    const listed = reply.values[0] as Dirent[];
    expect(reply.opRet).toBe(3);
    expect(listed.map(({ name }) => name)).toEqual(['B', 'C\udc80', 'added']);
    expect(listed.map(({ inode }) => inode)).toEqual([all[1]!.inode, all[2]!.inode, null]);
    expect(listed.map(({ dict }) => dict)).toEqual([all[1]!.dict, all[2]!.dict, null]);
    expectSame(listed[0]!.stat, all[1]!.stat);
    expect(listed[2]).toMatchObject({ off: 99, type: 8, stat: { iaSize: 3 } });

    // From a cache, in another request: names and attributes, without inodes.
    const cached = run.ask('readdir', fd, 4096, 0, null);
    const again = cached.values[0] as Dirent[];
    expect(cached.opRet).toBe(3);
    expect(again.map(({ name, inode }) => [name, inode])).toEqual([
      ['B', null],
      ['C\udc80', null],
      ['added', null],
    ]);
    expect(again[0]!.stat).toEqual(all[1]!.stat);
    run.expectSettled();
  });

  it("ctx: an inode's context lasts until the inode is forgotten", async () => {
    const run = await start('ctx');
    const leaf = run.leaf;
    leaf.onRequest = (held) => held.answer(0, 0, makeSized(1), null);
    const [a, b] = [run.knownLoc('a'), run.knownLoc('b')];
    run.ask('stat', a, null);
    run.ask('stat', a, null);
    run.ask('stat', b, null);
    run.graph.inodes.lookup(a.inode!);
    run.graph.inodes.forget(a.inode!, 0);
    run.graph.inodes.unlink(run.root, 'a');
    run.graph.inodes.lruLimit = 1;
    const other = run.knownLoc('other');
    expect(run.graph.inodes.byId.get(a.inode!.id)).toBe(undefined);
    const sameLoc = run.knownLoc('a');
    expect(sameLoc.inode).not.toBe(a.inode);
    run.ask('stat', sameLoc, null);
    expect(takeTexts(run)).toEqual(['a 1', 'a 2', 'b 1', 'a 1']);
    expect(other.inode!.ctxGet(run.xl)).toBe(undefined);
    run.expectSettled();
  });

  it('ctx: the context of a new inode stays when the inode is linked', async () => {
    const run = await start('ctx');
    const loc = run.absentLoc('new');
    const reply = run.ask('lookup', loc, null);
    run.takeRequests()[0]!.answer(0, 0, loc.inode, makeAttributes(makeGfid(5)), null, null);
    const [inode, buf] = reply.values as [never, Iatt];
    expect(inode).toBe(loc.inode);
    const linked = run.graph.inodes.link(inode, run.root, 'new', buf)!;
    run.ask('stat', new Loc(linked, run.root, 'new'), null);
    run.takeRequests()[0]!.answer(0, 0, buf, null);
    expect(takeTexts(run)).toEqual(['new 1', 'new 2']);
    run.expectSettled();
  });

  it('ctx: the context of an inode that is never linked is collected', async () => {
    const run = await start('ctx');
    const forgotten: number[] = [];
    const watch = run.language.onForgotten(run, (id) => void forgotten.push(id));
    const look = (name: string): number => {
      const loc = run.absentLoc(name);
      watch(loc.inode!);
      run.ask('lookup', loc, null);
      run.takeRequests()[0]!.answer(0, 0, loc.inode, makeAttributes(makeGfid(5)), null, null);
      return loc.inode!.id;
    };
    const ids = ['a', 'b', 'c'].map(look);
    run.expectSettled();
    run.replies.length = 0;
    // The last lookup's inode may still be on a stack.
    look('d');
    await collectAllGarbage();
    expect(forgotten).toEqual(expect.arrayContaining(ids));
  });

  it("ctx: an fd's context lasts until its release", async () => {
    const run = await start('ctx');
    run.leaf.onRequest = (held) => held.answer(0, 0, makeSized(1), null);
    const inode = run.knownLoc('a').inode!;
    const [one, two] = [new Fd(inode, 0, 1), new Fd(inode, 0, 1, true)];
    for (const fd of [one, one, two]) run.ask('fstat', fd, null);
    expect(takeTexts(run)).toEqual(['fd 1 inode 1', 'fd 2 inode 2', 'fd 1 inode 3']);
    one.release();
    two.release();
    const three = new Fd(inode, 0, 1);
    run.ask('fstat', three, null);
    expect(takeTexts(run)).toEqual(['fd 1 inode 4']);
    run.expectSettled();
  });

  it('ctx: a failed lookup leaves no context', async () => {
    const run = await start('ctx');
    const loc = run.absentLoc('none');
    run.ask('lookup', loc, null);
    run.takeRequests()[0]!.answer(-1, ENOENT, null, null, null, null);
    expect(loc.inode!.ctxGet(run.xl)).toBe(undefined);
    run.expectSettled();
  });
}
