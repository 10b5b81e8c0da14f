/** Directories that a program walks are looked up ahead, where listings lack their attributes. */
import { expect, test } from 'vitest';
import {
  ask,
  FakeContext,
  makeTranslator,
  startGraph,
  unknownDirectories,
} from '../../../../test/support/core.ts';
import { ENOENT } from '../../../core/errno.ts';
import { tail } from '../../../core/gen/fops.gen.ts';
import type { Iatt } from '../../../core/iatt.ts';
import { Fd, Loc } from '../../../core/operands.ts';
import type { Dump, Translator } from '../../../core/xlator.ts';
import memory from '../../storage/memory/index.ts';
import mdCache from './index.ts';

const TIMEOUT_S = 600;

/** Starts md-cache over a storage with directories `d0`, `d1` and so on. */
async function start(directoryCount: number, timeoutS = TIMEOUT_S) {
  const options = { 'md-cache-timeout': `${timeoutS}`, 'cache-invalidation': 'on' };
  /** The names in lookups that reached the storage. */
  const requested: string[] = [];
  const recorder = makeTranslator('recorder', {
    lookup(frame, xl, loc, xdata) {
      requested.push(loc.name ?? '');
      tail.lookup(frame, xl.children[0]!, loc, xdata);
    },
  });
  const context = new FakeContext();
  const graph = await startGraph(
    [
      { translator: memory as unknown as Translator<unknown> },
      { translator: recorder },
      { translator: unknownDirectories },
      { translator: mdCache as unknown as Translator<unknown>, options },
    ],
    context,
  );
  const { inodes } = graph;
  const { root } = inodes;
  for (let i = 0; i < directoryCount; i++)
    ask(graph, 'mkdir', new Loc(inodes.newInode(), root, `d${i}`), 0o755, 0, null);
  const list = (): void => {
    const fd = new Fd(root, 0, 1, true);
    ask(graph, 'opendir', new Loc(root), fd, null);
    ask(graph, 'readdirp', fd, 1 << 20, 0, null);
    fd.release();
  };
  /** Looks a name up as the mount does; returns the errno. */
  const lookUp = (name: string): number => {
    const loc = new Loc(root.children?.get(name) ?? inodes.newInode(), root, name);
    const { opRet, opErrno, values } = ask(graph, 'lookup', loc, null);
    if (opRet < 0) return opErrno;
    const [inode, buf] = values as unknown as [typeof root, Iatt];
    inodes.link(inode, root, name, buf);
    return 0;
  };
  const dump = (): Dump => mdCache.dump!(graph.top as never);
  return { graph, context, requested, list, lookUp, dump };
}

const countOf = (names: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
};

test('md-cache sends one lookup for each directory of a walk, of which the program waits for the first', async () => {
  const { requested, list, lookUp, dump } = await start(200);
  list();
  for (let i = 0; i < 200; i++) expect(lookUp(`d${i}`)).toBe(0);
  expect([...countOf(requested).values()]).toEqual(Array(200).fill(1));
  expect(dump()).toMatchObject({ misses: 1, hits: 199, lookups_ahead: 199 });
});

test('md-cache looks as many directories up ahead if the program walks in another order', async () => {
  const { requested, list, lookUp, dump } = await start(200);
  list();
  for (let i = 199; i >= 0; i--) lookUp(`d${i}`);
  expect(requested).toHaveLength(200);
  expect(Number(dump().hits)).toBeGreaterThan(60);
});

test('md-cache looks two directories up ahead for a program that looks up one, and none for a new name', async () => {
  const { requested, list, lookUp } = await start(200);
  lookUp('d7');
  expect(requested).toEqual(['d7']);
  list();
  expect(lookUp('other')).toBe(ENOENT);
  expect(requested).toEqual(['d7', 'other']);
  lookUp('d100');
  expect(requested).toHaveLength(5);
});

test('md-cache looks no directories up ahead for a program that is too slow for them', async () => {
  const { context, requested, list, lookUp } = await start(200);
  list();
  for (let i = 0; i < 200; i++) {
    lookUp(`d${i}`);
    context.advance(TIMEOUT_S * 1000);
  }
  expect(requested.length).toBeLessThan(205);
});

test('md-cache looks no directories up ahead if it keeps no values', async () => {
  const { requested, list, lookUp } = await start(200, 0);
  list();
  for (let i = 0; i < 10; i++) lookUp(`d${i}`);
  expect(requested).toHaveLength(10);
});

test('md-cache replies that a directory is gone if it was removed after its lookup ahead', async () => {
  const { graph, list, lookUp } = await start(3);
  const { root } = graph.inodes;
  list();
  expect(lookUp('d0')).toBe(0);
  const ahead = root.children!.get('d1')!;
  expect(ask(graph, 'rmdir', new Loc(ahead, root, 'd1'), 0, null).opRet).toBe(0);
  expect([lookUp('d1'), lookUp('d2')]).toEqual([ENOENT, 0]);
});
