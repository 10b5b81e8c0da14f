import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sources } from '../../machine/node/sources.ts';
import { describeMissingBuild } from './missing-build.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'glossa build-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const describeIn = (files: Readonly<Record<string, string>>, module = 'keep.wasm') => {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return describeMissingBuild(join(folder, module), sources)?.replaceAll(folder, 'HERE');
};
const byMake = (module: string) => `it is not compiled (make -C 'HERE' ${module})`;

it.each([
  ['keep.wasm', 'keep.wasm: keep.o\n\tclang keep.o\n'],
  ['keep.wasm', 'all: x\nother.wasm keep.wasm: keep.c\n\tclang\n'],
  ['keep.so', '%.so: %.c\n\tcc\n'],
])('a missing %s with a rule %j is made by make, quoted for a shell', (module, makefile) => {
  expect(describeIn({ Makefile: makefile }, module)).toBe(byMake(module));
});

it.each([
  ['no Makefile', {}],
  ['no rule', { Makefile: 'clean:\n\trm -f keep.wasm\n' }],
  ['an assignment', { Makefile: 'keep.wasm := x\nkeep.wasm = y\n' }],
  ['a recipe', { Makefile: 'all:\n\tkeep.wasm: x\n' }],
])('a missing module with %s is made by glossa dev if its source is there', (_, files) => {
  expect(describeIn(files)).toBe(undefined);
  expect(describeIn({ ...files, 'keep.rs': '' })).toBe(
    "it is not compiled (glossa dev 'HERE/keep.rs' does it)",
  );
});

it('a missing module of an interpreted language, or in an absent folder, is made by nothing', () => {
  expect(describeIn({ Makefile: '%.py: x\n', 'keep.c': '' }, 'keep.py')).toBe(undefined);
  expect(describeIn({}, 'absent/keep.wasm')).toBe(undefined);
  rmSync(join(folder, 'Makefile'));
  rmSync(join(folder, 'keep.c'));
  mkdirSync(join(folder, 'Makefile'));
  expect(describeIn({})).toBe(undefined);
});
