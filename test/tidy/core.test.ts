/**
 * Tests that the core, and translators that promise it, run anywhere: they bundle without Node, and
 * work in a realm with ECMAScript alone (no console, timers, TextDecoder or eval).
 */
import { spawnSync } from 'node:child_process';
import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import { beforeAll, expect, it } from 'vitest';
import { readSources } from './sources.ts';

const core = readSources('.ts')
  .map(({ path }) => path)
  .filter((path) => /^runtime\/core\/.*\.ts$/.test(path) && !path.endsWith('.test.ts'));
const generated = ['fields', 'fops', 'iatt', 'taps'].map(
  (name) => `runtime/core/gen/${name}.gen.ts`,
);
const translators = [
  'debug/error-gen',
  'debug/io-stats',
  'debug/sink',
  'debug/trace',
  'features/negative',
  'meta',
  'storage/memory',
].map((type) => `runtime/xlators/${type}/index.ts`);

/** The program in the realm: looks a name up twice, creates it, and looks it up again. */
const program = `
import { Graph } from './runtime/core/graph.ts';
import { wind } from './runtime/core/gen/fops.gen.ts';
import { makeFirstFrame, Stack } from './runtime/core/frame.ts';
import { newGfid } from './runtime/core/context.ts';
import { Dict } from './runtime/core/dict.ts';
import { GFID_REQ } from './runtime/core/xdata.ts';
import { Loc } from './runtime/core/operands.ts';
import ioStats from './runtime/xlators/debug/io-stats/index.ts';
import memory from './runtime/xlators/storage/memory/index.ts';
import negative from './runtime/xlators/features/negative/index.ts';

const lines = [];
let draws = 0;
const context = {
  sink: { write: (line) => lines.push(line), now: () => 0 },
  now: () => 0,
  after: () => () => {},
  random: (out) => out.fill((draws += 1)),
  baseDir: '/',
  wake() {},
};
const volume = (name, translator, subvolumes, options = []) => ({
  name,
  translator,
  options,
  subvolumes,
});

export async function run() {
  const graph = new Graph(
    [
      volume('disk', memory, []),
      volume('negative', negative, ['disk']),
      volume('top', ioStats, ['negative'], [{ key: 'count-fop-hits', value: 'on' }]),
    ],
    context,
    { default: 7, volumes: new Map() },
  );
  await graph.start();
  const { root } = graph.inodes;
  const answers = [];
  const request = () => makeFirstFrame(new Stack(0, 0, 1, 'LOOKUP'), graph.top);
  const note = (frame, cookie, xl, opRet, opErrno) => answers.push(opRet < 0 ? opErrno : opRet);
  const loc = () => new Loc(graph.inodes.newInode(), root, 'name');
  const lookup = () => wind.lookup(request(), 0, note, graph.links, loc(), null);
  lookup();
  lookup();
  const xdata = new Dict().setGfid(GFID_REQ, newGfid(context));
  wind.mkdir(request(), 0, note, graph.links, loc(), 0o755, 0, xdata);
  lookup();
  const dump = graph.xlators.map((xl) => xl.translator.dump(xl));
  graph.xlators[1].log.warning('a line of the log');
  await graph.stop();
  return JSON.stringify({ answers, dump, lines });
}
`;

let bundle: string;

beforeAll(async () => {
  const all = [...core, ...generated, ...translators].map((path) => `import './${path}';\n`);
  const built = await build({
    stdin: { contents: all.join('') + program, resolveDir: '.', loader: 'ts' },
    bundle: true,
    platform: 'neutral',
    format: 'iife',
    globalName: 'bundle',
    target: 'es2023',
    logLevel: 'silent',
    metafile: true,
    write: false,
  });
  expect(Object.keys(built.metafile.inputs)).toEqual(expect.arrayContaining(core));
  bundle = built.outputFiles[0]!.text;
});

it('the core compiles with the types of ECMAScript alone', () => {
  const tsc = ['node_modules/typescript/bin/tsc', '-p', 'runtime/core/tsconfig.json', '--noEmit'];
  const { status, stdout } = spawnSync(process.execPath, tsc, { encoding: 'utf8' });
  expect(stdout).toBe('');
  expect(status).toBe(0);
});

it('the core bundles without external imports', () => {
  expect(core.length).toBeGreaterThan(20);
  // An unresolved import stays as a call of require.
  expect(bundle).not.toMatch(/\brequire\(|\bfrom ['"]/);
});

it('the core runs a graph in a realm with ECMAScript alone', async () => {
  const realm = createContext({}, { codeGeneration: { strings: false, wasm: false } });
  // V8 gives every realm a console of its own.
  runInContext('delete globalThis.console', realm);
  for (const name of ['console', 'setTimeout', 'TextDecoder', 'Buffer', 'process', 'performance']) {
    expect(runInContext(`typeof ${name}`, realm), name).toBe('undefined');
  }
  runInContext(bundle, realm);
  const result = JSON.parse(await runInContext('bundle.run()', realm));
  const ENOENT = 2;
  expect(result.answers).toEqual([ENOENT, ENOENT, 0, 0]);
  expect(result.dump[1]).toMatchObject({ hits: 1, misses: 2, names: 0 });
  expect(result.dump[2]).toMatchObject({ 'LOOKUP.hits': 3, 'MKDIR.hits': 1 });
  expect(result.lines.at(-1)).toContain(' 0-negative: a line of the log');
});
