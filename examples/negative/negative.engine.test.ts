/** The cache of absent names: the same requirements in four languages. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Dict, timeoutsOf } from '../../runtime/core/dict.ts';
import { EACCES, ENOENT } from '../../runtime/core/errno.ts';
import { fops } from '../../runtime/core/fops.ts';
import type { Graph } from '../../runtime/core/graph.ts';
import type { Inode } from '../../runtime/core/inode.ts';
import { Loc } from '../../runtime/core/operands.ts';
import { invalidateEntry } from '../../runtime/core/upcall.ts';
import {
  ask,
  FakeContext,
  HeldLeaf,
  type HeldRequest,
  linkDirectory,
  makeAttributes,
  makeGfid,
  makeLoc,
  type Reply,
  startGraph,
} from '../../test/support/core.ts';
import {
  creating,
  makeArguments,
  removing,
  type Variant,
  variants,
} from '../../test/support/negative.ts';

/** Replies as a leaf, with default values except for these. */
function answer(held: HeldRequest | undefined, opRet: number, opErrno: number): void {
  const { reply } = fops.find((fop) => fop.name === held?.name)!;
  held!.answer(opRet, opErrno, ...reply.map(() => null));
}

/** A graph of the translator over a leaf that the test controls. */
class Stack {
  readonly leaf = new HeldLeaf();
  readonly context = new FakeContext();
  graph!: Graph;
  dir!: Inode;
  private lastName = 0;

  async start({ translator, options }: Variant, more: Record<string, string> = {}) {
    const below = { translator: this.leaf.translator };
    const above = { translator, options: { ...options, ...more } };
    this.graph = await startGraph([below, above], this.context);
    this.dir = linkDirectory(this.graph, 'dir', makeGfid(100));
    return this;
  }

  /** A name not used before. */
  name(): string {
    this.lastName += 1;
    return `name${this.lastName}`;
  }

  lookup(name: string, dir = this.dir): Reply {
    return ask(this.graph, 'lookup', makeLoc(dir, name), null);
  }

  /** The leaf's requests since the last call. */
  asked(): HeldRequest[] {
    return this.leaf.requests.splice(0);
  }

  /** True if a lookup reaches the leaf, which replies with `opErrno`. */
  reaches(name: string, opErrno: number = ENOENT, dir = this.dir): boolean {
    const reply = this.lookup(name, dir);
    const [held] = this.asked();
    if (held !== undefined) answer(held, -1, opErrno);
    expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno });
    return held !== undefined;
  }
}

describe.each(variants)('$name', (variant) => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await new Stack().start(variant);
  });
  afterAll(() => stack.graph.stop());

  it('a second lookup of an absent name is answered from the cache', () => {
    const name = stack.name();
    expect([stack.reaches(name), stack.reaches(name), stack.reaches(name)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('a lookup that fails with EACCES is not cached', () => {
    const name = stack.name();
    expect([stack.reaches(name, EACCES), stack.reaches(name, EACCES)]).toEqual([true, true]);
  });

  it('an absent name in one directory is not absent in another', () => {
    const other = linkDirectory(stack.graph, 'other', makeGfid(101));
    const name = stack.name();
    stack.reaches(name);
    expect(stack.reaches(name, ENOENT, other)).toBe(true);
  });

  it("a lookup that finds the name returns the storage's whole reply", () => {
    const name = stack.name();
    const reply = stack.lookup(name);
    const buf = makeAttributes(makeGfid(200));
    const inode = stack.graph.inodes.newInode();
    stack.asked()[0]!.answer(0, 0, inode, buf, null, null);
    expect(reply).toMatchObject({ count: 1, opRet: 0 });
    expect(reply.values[0]).toBe(inode);
    expect(reply.values[1]).toBe(buf);
  });

  it('a lookup by gfid, without a name, is never answered from the cache', () => {
    for (let times = 0; times < 2; times += 1) {
      const reply = ask(stack.graph, 'lookup', new Loc(null, null, null, makeGfid(300)), null);
      const [held] = stack.asked();
      answer(held, -1, ENOENT);
      expect(reply).toMatchObject({ count: 1, opErrno: ENOENT });
    }
  });

  it.each(creating)('%s of a name that is cached as absent removes it from the cache', (fop) => {
    const name = stack.name();
    stack.reaches(name);
    const loc = makeLoc(stack.dir, name);
    const made = ask(stack.graph, fop, ...makeArguments(fop, stack.dir, { created: loc }));
    answer(stack.asked()[0], 0, 0);
    expect(made).toMatchObject({ count: 1, opRet: 0 });
    expect(stack.reaches(name)).toBe(true);
  });

  it.each(['unlink', 'rmdir'] as const)('a name is cached as absent after %s of it', (fop) => {
    const name = stack.name();
    const locs = { created: makeLoc(stack.dir, stack.name()), removed: makeLoc(stack.dir, name) };
    ask(stack.graph, fop, ...makeArguments(fop, stack.dir, locs));
    answer(stack.asked()[0], 0, 0);
    expect(stack.reaches(name)).toBe(false);
  });

  it('a rename between two names of one file does not cache the old name as absent', () => {
    const name = stack.name();
    const to = makeLoc(stack.dir, stack.name());
    ask(stack.graph, 'rename', makeLoc(stack.dir, name), to, null);
    answer(stack.asked()[0], 0, 0);
    expect(stack.reaches(name)).toBe(true);
  });

  it.each(removing)('a %s that fails does not cache the name as absent', (fop) => {
    const name = stack.name();
    const locs = { created: makeLoc(stack.dir, stack.name()), removed: makeLoc(stack.dir, name) };
    ask(stack.graph, fop, ...makeArguments(fop, stack.dir, locs));
    answer(stack.asked()[0], -1, EACCES);
    expect(stack.reaches(name)).toBe(true);
  });

  it('a name that is created while its removal is under way is not cached as absent', () => {
    const name = stack.name();
    ask(stack.graph, 'unlink', makeLoc(stack.dir, name), 0, null);
    ask(stack.graph, 'mkdir', makeLoc(stack.dir, name), 0o755, 0, null);
    const [unlink, mkdir] = stack.asked();
    answer(mkdir, 0, 0);
    answer(unlink, 0, 0);
    expect(stack.reaches(name)).toBe(true);
  });

  it('a name that a listing has returned is not answered as absent', () => {
    const name = stack.name();
    stack.reaches(name);
    const { inodes } = stack.graph;
    const buf = makeAttributes(makeGfid(400));
    const inode = inodes.link(inodes.newInode(), stack.dir, name, buf)!;
    const reply = ask(stack.graph, 'lookup', new Loc(inode, stack.dir, name), null);
    stack.asked()[0]!.answer(0, 0, inode, buf, null, null);
    expect(reply).toMatchObject({ count: 1, opRet: 0 });
  });

  it('a name that is created while its lookup is under way is not cached as absent', () => {
    const name = stack.name();
    const late = stack.lookup(name);
    ask(stack.graph, 'mkdir', makeLoc(stack.dir, name), 0o755, 0, null);
    const [lookup, mkdir] = stack.asked();
    answer(mkdir, 0, 0);
    answer(lookup, -1, ENOENT);
    expect(late).toMatchObject({ count: 1, opErrno: ENOENT });
    expect(stack.reaches(name)).toBe(true);
  });

  it('a cache with limit 2 evicts the oldest of three absent names', async () => {
    const small = await new Stack().start(variant, { limit: '2' });
    for (const name of ['a', 'b', 'c']) small.reaches(name);
    expect(['c', 'b', 'a'].map((name) => small.reaches(name))).toEqual([false, false, true]);
    await small.graph.stop();
  });

  it('a cache with timeout 0 caches nothing', async () => {
    const never = await new Stack().start(variant, { timeout: '0' });
    expect([never.reaches('a'), never.reaches('a')]).toEqual([true, true]);
    await never.graph.stop();
  });

  it('option kernel-timeout sets how long the kernel caches an absent name, in the first and later replies', async () => {
    const telling = await new Stack().start(variant, { 'kernel-timeout': '90' });
    for (const times of [1, 0]) {
      const reply = telling.lookup('a');
      const asked = telling.asked();
      expect(asked).toHaveLength(times);
      if (times === 1) answer(asked[0], -1, ENOENT);
      expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: ENOENT });
      expect(timeoutsOf(reply.values[2] as Dict)).toEqual({ negative: 90 });
    }
    await telling.graph.stop();
  });

  it('the kernel gets no timeout without kernel-timeout, or if the name is created during the lookup', async () => {
    const name = stack.name();
    for (let times = 0; times < 2; times += 1) {
      const reply = stack.lookup(name);
      for (const held of stack.asked()) answer(held, -1, ENOENT);
      expect(timeoutsOf((reply.values[2] as Dict | undefined) ?? null)).toEqual({});
    }
    const telling = await new Stack().start(variant, { 'kernel-timeout': '90' });
    const late = telling.lookup('a');
    ask(telling.graph, 'mkdir', makeLoc(telling.dir, 'a'), 0o755, 0, null);
    const [lookup, mkdir] = telling.asked();
    answer(mkdir, 0, 0);
    answer(lookup, -1, ENOENT);
    expect([late.opErrno, late.values[2] ?? null]).toEqual([ENOENT, null]);
    await telling.graph.stop();
  });

  it('an upcall from the storage removes the name from the cache, even during a lookup', () => {
    const [known, late] = [stack.name(), stack.name()];
    stack.reaches(known);
    const reply = stack.lookup(late);
    const [held] = stack.asked();
    for (const name of [known, late]) invalidateEntry(stack.graph.xlators[0]!, stack.dir, name);
    answer(held, -1, ENOENT);
    expect(reply.opErrno).toBe(ENOENT);
    expect([stack.reaches(known), stack.reaches(late)]).toEqual([true, true]);
  });

  it('two volumes have separate caches', async () => {
    const name = stack.name();
    stack.reaches(name);
    const second = await new Stack().start(variant);
    expect(second.reaches(name)).toBe(true);
    await second.graph.stop();
  });
});

it.each(variants)('$name logs hits and misses at log-level DEBUG only', async (variant) => {
  const stack = await new Stack().start(variant, { 'log-level': 'DEBUG' });
  const quiet = await new Stack().start(variant);
  for (const one of [stack, quiet]) for (let times = 0; times < 2; times += 1) one.reaches('a');
  const told = ({ context }: Stack) =>
    context.lines.filter((line) => /(HIT|MISS) .*\ba\b/.test(line));
  expect(told(stack)).toEqual([
    expect.stringMatching(/ D \[.* MISS .*(\/dir|<gfid:.*>)\/a\b/),
    expect.stringMatching(/ D \[.* HIT .*(\/dir|<gfid:.*>)\/a\b/),
  ]);
  expect(told(quiet)).toEqual([]);
  for (const one of [stack, quiet]) await one.graph.stop();
});
