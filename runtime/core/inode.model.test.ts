/**
 * Compares the inode table with a model: held inodes are never evicted, names lead to their last inode, and
 * translators get one forget, with their context, for each evicted inode.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeAttributes, makeGfid, startGraph } from '../../test/support/core.ts';
import { IA_IFDIR, IA_IFREG } from './iatt.ts';
import type { Inode, InodeTable } from './inode.ts';
import { PATH_MAX } from './limits.ts';
import { Fd } from './operands.ts';
import { defineTranslator, type Xlator } from './xlator.ts';

const LRU_LIMIT = 3;
/** gfids 1 … 4 are directories, 5 … 8 files. */
const GFIDS = 8;
const DIRS = 4;
const NAMES = ['a', 'b', 'c'];

interface Holds {
  lookups: number;
  fds: Fd[];
}

class World {
  private readonly table: InodeTable;
  private readonly xl: Xlator;
  /** gfid → what holds the inode besides names below it. */
  private readonly holds = new Map<string, Holds>();
  /** parent's number, name → number of the inode. */
  private readonly names = new Map<string, number>();
  /** Inodes with a context. */
  private readonly kept = new Set<Inode>();
  private readonly handles: Inode[] = [];
  private ending = false;

  constructor(table: InodeTable, xl: Xlator) {
    this.table = table;
    this.xl = xl;
    table.lruLimit = LRU_LIMIT;
  }

  forgotten(inode: Inode, value: unknown): void {
    expect(value).toBe(inode.id);
    expect(this.kept.delete(inode), 'forget without a context, or twice').toBe(true);
    if (!this.ending) expect(this.table.find(inode.gfid)).not.toBe(inode);
    // Its names are gone with it.
    for (const [key, id] of this.names) if (id === inode.id) this.names.delete(key);
  }

  step([action, a, b, c]: readonly [Action, number, number, number]): void {
    const inode = this.pick(a);
    const dir = this.pickDir(b);
    const name = NAMES[c % NAMES.length]!;
    if (action === 'link') this.link(1 + (a % GFIDS), dir, name);
    else if (action === 'relink') this.relink(a, dir, name);
    else if (action === 'unlink') this.unlink(dir, name);
    else if (action === 'rename') this.rename(dir, name, this.pickDir(a), NAMES[a % NAMES.length]!);
    else if (action === 'exchange')
      this.exchange(dir, name, this.pickDir(a), NAMES[a % NAMES.length]!);
    else if (inode === undefined || inode === this.table.root) return;
    else if (action === 'lookup') this.lookup(inode);
    else if (action === 'forget') this.forget(inode, b % 3);
    else if (action === 'open') this.holdsOf(inode).fds.push(new Fd(inode, 0, 1));
    else this.holdsOf(inode).fds.pop()?.release();
  }

  check(): void {
    const { table } = this;
    let idle = 0;
    let linked = 1;
    for (let number = 1; number <= GFIDS; number++) {
      const inode = table.find(makeGfid(number));
      const { lookups, fds } = this.holds.get(makeGfid(number)) ?? { lookups: 0, fds: [] };
      if (lookups > 0 || fds.length > 0) expect(inode, `${number} is held`).toBeDefined();
      if (inode === undefined) continue;
      linked += 1;
      const below = [...this.names].filter(([key]) => key.startsWith(`${inode.id}/`));
      if (lookups === 0 && fds.length === 0 && below.length === 0) idle += 1;
      expect(inode).toMatchObject({ nlookup: lookups, fdCount: fds.length });
      expect(table.byId.get(inode.id)).toBe(inode);
      expect(inode.children?.size ?? 0).toBe(below.length);
      expect(this.kept.has(inode)).toBe(true);
      expect(inode.path.length).toBeLessThan(2 * PATH_MAX);
      const names = inode.names.map((dentry) => `${dentry.parent.id}/${dentry.name}`);
      const expected = [...this.names].filter(([, id]) => id === inode.id).map(([key]) => key);
      expect(names.sort()).toEqual(expected.sort());
    }
    expect([table.size, table.lruSize]).toEqual([linked, idle]);
    expect(idle).toBeLessThanOrEqual(LRU_LIMIT);
    expect(this.kept.size).toBe(linked - 1);
    for (const [key, id] of this.names) {
      const [parent, name] = key.split('/') as [string, string];
      expect(table.byId.get(Number(parent))!.children?.get(name)?.id).toBe(id);
    }
  }

  end(): void {
    this.ending = true;
    this.table.clear();
    expect(this.kept.size).toBe(0);
    expect([this.table.size, this.table.lruSize]).toEqual([1, 0]);
  }

  private link(number: number, dir: Inode, name: string): void {
    const type = number <= DIRS ? IA_IFDIR : IA_IFREG;
    const known = this.table.find(makeGfid(number));
    const fresh = this.table.newInode();
    this.said(fresh, known ?? fresh, number, type, dir, name);
  }

  /** Links an earlier inode again, which may have been evicted since. */
  private relink(which: number, dir: Inode, name: string): void {
    const old = this.handles[which % this.handles.length];
    if (old === undefined) return;
    const number = Number.parseInt(old.gfid.slice(-12), 16);
    const known = this.table.find(old.gfid);
    this.said(old, known ?? old, number, old.iaType, dir, name);
  }

  private said(
    given: Inode,
    expected: Inode,
    number: number,
    type: number,
    dir: Inode,
    name: string,
  ): void {
    if (!this.kept.has(expected)) {
      this.kept.add(expected);
      expected.ctxSet(this.xl, expected.id);
      this.handles.push(expected);
    }
    this.names.set(`${dir.id}/${name}`, expected.id);
    const linked = this.table.link(given, dir, name, makeAttributes(makeGfid(number), type));
    expect(linked).toBe(expected);
  }

  private unlink(dir: Inode, name: string): void {
    this.names.delete(`${dir.id}/${name}`);
    this.table.unlink(dir, name);
  }

  private rename(from: Inode, fromName: string, to: Inode, toName: string): void {
    const moved = this.names.get(`${from.id}/${fromName}`);
    this.names.delete(`${from.id}/${fromName}`);
    if (moved === undefined) this.names.delete(`${to.id}/${toName}`);
    else this.names.set(`${to.id}/${toName}`, moved);
    this.table.rename(from, fromName, to, toName);
  }

  private exchange(from: Inode, fromName: string, to: Inode, toName: string): void {
    const keys = [`${from.id}/${fromName}`, `${to.id}/${toName}`] as const;
    const [one, other] = keys.map((key) => this.names.get(key));
    for (const key of keys) this.names.delete(key);
    if (other !== undefined) this.names.set(keys[0], other);
    if (one !== undefined) this.names.set(keys[1], one);
    this.table.exchange(from, fromName, to, toName);
  }

  private lookup(inode: Inode): void {
    this.holdsOf(inode).lookups += 1;
    this.table.lookup(inode);
  }

  private forget(inode: Inode, count: number): void {
    const holds = this.holdsOf(inode);
    holds.lookups = count === 0 ? 0 : Math.max(0, holds.lookups - count);
    this.table.forget(inode, count);
  }

  private holdsOf({ gfid }: Inode): Holds {
    const holds = this.holds.get(gfid) ?? { lookups: 0, fds: [] };
    this.holds.set(gfid, holds);
    return holds;
  }

  /** An inode in the table. */
  private pick(which: number): Inode | undefined {
    return this.table.find(makeGfid(1 + (which % GFIDS)));
  }

  private pickDir(which: number): Inode {
    return this.table.find(makeGfid(1 + (which % DIRS))) ?? this.table.root;
  }
}

const actions = [
  ...['link', 'link', 'link', 'relink', 'unlink', 'rename', 'rename', 'exchange'],
  ...['lookup', 'forget', 'open', 'release'],
] as const;
type Action = (typeof actions)[number];

test('the inode table agrees with the model after any sequence of operations', async () => {
  let world: World | undefined;
  const keeper = defineTranslator<null, Record<string, never>>({
    type: 'test/keeper',
    description: 'Checks what is forgotten.',
    children: [0, 0],
    options: {},
    fops: {},
    init: () => null,
    forget: (_xl, inode, value) => world!.forgotten(inode, value),
  });
  const step = fc.tuple(fc.constantFrom(...actions), fc.nat(63), fc.nat(63), fc.nat(63));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), async (steps) => {
      const graph = await startGraph([{ translator: keeper }]);
      world = new World(graph.inodes, graph.top);
      for (const each of steps) {
        world.step(each);
        world.check();
      }
      world.end();
    }),
    { numRuns: 40 },
  );
});
