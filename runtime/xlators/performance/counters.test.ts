/** Counters of each translator of performance/, as `glossa stats` and `glossa top` show them. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ask, startGraph } from '../../../test/support/core.ts';
import { performanceStack } from '../../../test/support/performance-stack.ts';
import type { Iatt } from '../../core/iatt.ts';
import { Fd, Loc } from '../../core/operands.ts';
import type { Dump, Translator, Xlator } from '../../core/xlator.ts';
import { translators } from '../registry.gen.ts';
import memory from '../storage/memory/index.ts';

type Figures = Readonly<Record<string, number>>;

/** Type to counters that are above zero after use: hits, misses, memory. */
const GROWN: Readonly<Record<string, readonly string[]>> = {
  'write-behind': ['writes', 'sent'],
  'read-ahead': ['hits', 'misses', 'bytes'],
  'readdir-ahead': ['hits', 'bytes'],
  'io-cache': ['hits', 'misses', 'pages', 'bytes'],
  'open-behind': ['opens', 'late', 'unused', 'pending', 'bytes'],
  'quick-read': ['hits', 'misses', 'files', 'bytes'],
  'nl-cache': ['hits', 'misses', 'names', 'bytes'],
  'md-cache': ['hits', 'misses', 'inodes', 'bytes'],
};
/** Counters that `glossa stats --reset` sets to zero. */
const PAST = [
  ...['hits', 'misses', 'xattr_hits', 'xattr_misses', 'evicted', 'expired', 'writes', 'sent'],
  ...['listing_hits', 'lookups_ahead', 'invalidations'],
];

/** One translator over a storage with files of 256 KiB and 5 bytes, and many names. */
async function over(name: string) {
  const layer = performanceStack.find(({ translator }) => translator.type.endsWith(`/${name}`))!;
  const disk = { translator: memory as unknown as Translator<unknown> };
  const graph = await startGraph([disk, layer]);
  const { inodes } = graph;
  const { root } = inodes;
  const dump = (): Dump => layer.translator.dump!(graph.top as Xlator<unknown>);
  const loc = (file: string) => new Loc(root.children?.get(file) ?? inodes.newInode(), root, file);
  const lookup = (file: string) => {
    const at = loc(file);
    const { opRet, values } = ask(graph, 'lookup', at, null);
    if (opRet >= 0) inodes.link(at.inode!, root, file, values[1] as Iatt);
  };
  for (const [file, size] of [
    ['large', 262_144],
    ['small', 5],
  ] as const) {
    const at = loc(file);
    const fd = new Fd(at.inode!, 2, 1);
    const { values } = ask(graph, 'create', at, 2, 0o600, 0, fd, null);
    inodes.link(at.inode!, root, file, values[2] as Iatt);
    ask(graph, 'writev', fd, new Uint8Array(size), 0, 0, null);
    ask(graph, 'flush', fd, null);
    fd.release();
  }
  for (let at = 0; at < 300; at++) ask(graph, 'mknod', loc(`n${at}`), 0o100644, 0, 0, null);
  return { graph, root, dump, loc, lookup, translator: layer.translator };
}

test.each(Object.entries(GROWN))(
  'performance/%s counts its requests in the dump, and a reset sets these counts to zero',
  async (name, grown) => {
    const { graph, root, dump, loc, lookup, translator } = await over(name);
    const open: Fd[] = [];
    for (let turn = 0; turn < 3; turn++) {
      for (const file of ['large', 'small', 'none']) lookup(file);
      for (const file of ['large', 'small']) {
        const fd = new Fd(loc(file).inode!, 0, 1);
        ask(graph, 'open', loc(file), 0, fd, null);
        for (let at = 0; at < 8; at++) ask(graph, 'readv', fd, 4096, 4096 * at, 0, null);
        open.push(fd);
      }
      const unused = new Fd(loc('small').inode!, 0, 1);
      ask(graph, 'open', loc('small'), 0, unused, null);
      if (turn > 0) open.push(unused);
      else unused.release();
    }
    const folder = new Fd(root, 0, 1, true);
    open.push(folder);
    ask(graph, 'opendir', new Loc(root), folder, null);
    ask(graph, 'readdirp', folder, 4096, 0, null);
    const figures = dump() as Figures;
    for (const key of grown) expect([key, figures[key]]).toEqual([key, expect.any(Number)]);
    expect(grown.filter((key) => !(figures[key]! > 0))).toEqual([]);
    expect(figures.bytes).toBeGreaterThanOrEqual(0);
    translator.reset!(graph.top as Xlator<unknown>);
    const anew = dump() as Figures;
    expect(PAST.filter((key) => (anew[key] ?? 0) !== 0)).toEqual([]);
    for (const fd of open) fd.release();
  },
);

test('each translator of performance/ is in the stack of the tests, has counters, and is on the page about bricks', () => {
  const types = Object.keys(translators).filter((type) => type.startsWith('performance/'));
  const names = types.map((type) => type.replace('performance/', '')).sort();
  const stack = performanceStack.map(({ translator }) => translator.type);
  expect(stack.sort()).toEqual(types.sort());
  expect(['io-threads', ...Object.keys(GROWN)].sort()).toEqual(names);
  const page = readFileSync('docs/clusters/bricks.md', 'utf8');
  expect(names.filter((name) => !page.includes(`\n| \`${name}\` |`))).toEqual([]);
});
