/**
 * Compiles C modules for the tests at their first use, into a folder of the test file. Without a
 * compiler such tests are skipped with a message; with GLOSSA_REQUIRE_ALL=1 they fail.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject } from 'vitest';
import { includeDir } from '../../bridges/native/ffi.ts';
import { makeCModule } from '../contract/bridge/modules.ts';
import { type Language, nativeLanguage } from './module.ts';

const CC = process.env.CC ?? 'cc';
// Not optimised: the compiler takes most of the time of these tests.
const FLAGS = ['-std=c99', '-pedantic', '-Wall', '-Wextra', '-Werror', '-O0', '-shared', '-fPIC'];

function hasCompiler(): boolean {
  const there = spawnSync(CC, ['--version']).status === 0;
  if (!there && process.env.GLOSSA_REQUIRE_ALL === '1') {
    throw new Error(`there is no C compiler (${CC}), and GLOSSA_REQUIRE_ALL is 1`);
  }
  if (!there) console.error(`skipped: there is no C compiler (${CC})`);
  return there;
}

export const canCompile = hasCompiler();

/** The reason why ffi-rs, which is optional, can load no module, or ''. */
export const noFfiRs = await import('ffi-rs').then(
  () => '',
  () => 'the package ffi-rs is not installed',
);

let libraries: { readonly file: string | undefined; readonly folder: string } | undefined;

/** The folder of compiled libraries. */
export function libraryFolder(): string {
  const file = expect.getState().testPath;
  if (libraries === undefined || libraries.file !== file) {
    libraries = { file, folder: mkdtempSync(join(inject('runFolder'), 'c-')) };
  }
  return libraries.folder;
}

/** Compiles `source` with the flags of the tests and more; the path of the shared object. */
export function compile(source: string, out: string, more: readonly string[] = []): string {
  const args = [...FLAGS, `-I${includeDir}`, ...more, '-o', out, source];
  const { status, stderr } = spawnSync(CC, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${CC} ${args.join(' ')}\n${stderr}`);
  return out;
}

/** A module of this text; the path of the shared object. */
export function compileText(name: string, text: string): string {
  const source = join(libraryFolder(), `${name}.c`);
  writeFileSync(source, text);
  return compile(source, join(libraryFolder(), `${name}.so`));
}

/** Modules in C that lie there already, by their paths without `.so`. */
export const nativeFile: Language = nativeLanguage('.so');

/** Modules in C, by the names of their sources. */
export const nativeC: Language = {
  ...nativeLanguage('.so'),
  find(folder, name): Record<string, string> {
    if (name === null) return {};
    const out = join(libraryFolder(), `${name}.so`);
    if (!existsSync(out)) makeCModule(folder, name, out, compile);
    return { 'module-path': out };
  },
};
