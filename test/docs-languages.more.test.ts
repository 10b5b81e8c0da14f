/** Tests docs/write/languages.md: the translator behaves the same in each language. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EPERM } from '../runtime/core/errno.ts';
import { makeFolder } from './support/folder.ts';
import { nativeLanguage, type RunningModule, startModule } from './support/module.ts';
import { canCompile, compileText, libraryFolder, nativeFile } from './support/native.ts';
import { compileRustText, rustCompiler } from './support/rust.ts';
import { canCompileCpp, canCompileWasm, compileCpp, compileWasmText } from './support/wasm.ts';

const page = readFileSync(join(import.meta.dirname, '../docs/write/languages.md'), 'utf8');

/** The code below a heading. */
const findCode = (heading: string): string =>
  page.slice(page.indexOf(`\n## ${heading}\n`)).match(/^```\w+\n(.*?)^```$/ms)![1]!;

/** Starts a file of an interpreter. */
const startFile = (name: string, heading: string): Promise<RunningModule> =>
  startModule(makeFolder({ [name]: findCode(heading) }), { name });

/** Starts a module that was compiled to WebAssembly. */
const startCompiled = (name: string) => startModule(libraryFolder(), { name });

interface Case {
  readonly title: string;
  readonly canRun: boolean;
  start(): Promise<RunningModule>;
}

const cases: readonly Case[] = [
  { title: 'Python', canRun: true, start: () => startFile('keep.py', 'Python') },
  { title: 'JavaScript', canRun: true, start: () => startFile('keep.js', 'JavaScript') },
  {
    title: 'TypeScript',
    canRun: true,
    start: () =>
      startModule(makeFolder({ 'keep.ts': findCode('TypeScript') }), {
        name: 'keep',
        language: nativeLanguage('.ts'),
      }),
  },
  {
    title: 'Rust',
    canRun: rustCompiler !== '',
    start() {
      compileRustText('keep-rust', findCode('Rust'));
      return startCompiled('keep-rust.wasm');
    },
  },
  {
    title: 'C in the sandbox',
    canRun: canCompileWasm,
    start() {
      compileWasmText('keep-c', findCode('C'));
      return startCompiled('keep-c.wasm');
    },
  },
  {
    title: 'C as a shared object',
    canRun: canCompile,
    start() {
      compileText('keep-c', findCode('C'));
      return startModule(libraryFolder(), { name: 'keep-c', language: nativeFile });
    },
  },
  {
    title: 'C++',
    canRun: canCompileCpp,
    start() {
      const source = join(libraryFolder(), 'keep.cpp');
      writeFileSync(source, findCode('C++'));
      compileCpp(source, join(libraryFolder(), 'keep-cpp.wasm'));
      return startCompiled('keep-cpp.wasm');
    },
  },
];

describe('the translator in six languages', () => {
  it.each(cases.filter(({ canRun }) => canRun))('keeps files in $title', async ({ start }) => {
    const run = await start();
    const kept = run.ask('unlink', run.absentLoc('a.keep'), 0, null);
    expect([kept.opRet, kept.opErrno]).toEqual([-1, EPERM]);
    expect(run.takeRequests()).toEqual([]);
    const removed = run.ask('unlink', run.absentLoc('a.keeper'), 0, null);
    run.takeRequests()[0]!.answer(0, 0, null, null, null);
    expect(removed.opRet).toBe(0);
    run.expectSettled();
  });
});
