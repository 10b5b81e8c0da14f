/**
 * Tests of docs/write/typescript.md: its translators run under its volfile, and its code has no
 * type errors.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ENOENT, EPERM } from '../runtime/core/errno.ts';
import { WARNING } from '../runtime/core/log.ts';
import { Fd } from '../runtime/core/operands.ts';
import { makeGraph } from '../runtime/volfile/make-graph.ts';
import { Source } from '../runtime/volfile/source.ts';
import { inspectVolfile } from '../runtime/volfile/volfile.ts';
import { registry } from '../server/registry.ts';
import { ask, FakeContext, makeLoc } from './support/core.ts';
import { makeFolder } from './support/folder.ts';
import { nativeLanguage, startModule } from './support/module.ts';
import { findTypeErrors, makeProject } from './support/typescript-project.ts';

const root = join(import.meta.dirname, '..');
const guide = readFileSync(join(root, 'docs/write/typescript.md'), 'utf8');
const blocks = (language: string): string[] =>
  [...guide.matchAll(/^```(\w*)\n(.*?)^```$/gms)]
    .filter((match) => match[1] === language)
    .map((match) => match[2]!);

const [keep, callbacks, capitals] = blocks('ts') as [string, string, string];
const volfile = blocks('')[0]!;

it('the guide to TypeScript shows a translator that refuses to unlink raw files', async () => {
  const context = Object.assign(new FakeContext(), { baseDir: makeFolder({ 'keep.ts': keep }) });
  const { description, problems } = inspectVolfile(new Source('keep.vol', volfile), {
    registry: await registry.loadAll(),
    strict: true,
  });
  expect(problems).toEqual([]);
  const levels = { default: WARNING, volumes: new Map() };
  const graph = makeGraph(description!, registry, context as FakeContext, levels);
  await graph.start();
  const { root: directory } = graph.inodes;
  const unlink = (name: string) => ask(graph, 'unlink', makeLoc(directory, name), 0, null);
  expect(unlink('photo.raw')).toMatchObject({ count: 1, opRet: -1, opErrno: EPERM });
  expect(unlink('photo.jpg').opErrno).toBe(ENOENT);
  await graph.stop();
  expect(context.lines).toEqual([]);
});

it('the guide to TypeScript shows a translator that changes writes and counts reads', async () => {
  const run = await startModule({ 'm.ts': capitals }, { language: nativeLanguage('.ts') });
  const fd = new Fd(run.root, 2, 1);
  run.ask('writev', fd, Buffer.from('one Two'), 0, 0, null);
  const [write] = run.takeRequests();
  expect(String(Buffer.from(write!.args[1] as Uint8Array))).toBe('ONE TWO');
  write!.answer(7, 0, null, null, null);
  for (const [opRet, vector] of [
    [3, Buffer.from('ONE')],
    [-1, null],
  ] as const) {
    const reply = run.ask('readv', fd, 10, 0, 0, null);
    run.takeRequests()[0]!.answer(opRet, opRet < 0 ? EPERM : 0, vector, null, null);
    expect(reply).toMatchObject({ count: 1, opRet });
  }
  expect(run.dump()).toMatchObject({ 'bytes-read': 3 });
  run.expectSettled();
});

it('the guide to TypeScript shows code without type errors', () => {
  const imports =
    "import { type Cbk, type Fop, unwind, wind } from 'glossa';\ntype State = null;\n";
  const folder = makeFolder({
    'keep.ts': keep,
    'capitals.ts': capitals,
    'callbacks.ts': `${imports}${callbacks}export { stat };\n`,
  });
  makeProject(folder);
  expect(findTypeErrors(folder)).toBe('');
});
