/**
 * Compiles C and C++ to WebAssembly for the tests at their first use, by clang. Without clang such tests are
 * skipped with a message; with GLOSSA_REQUIRE_ALL=1 they fail.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { includeDir } from '../../runtime/sys/paths.ts';
import { makeCModule } from '../contract/bridge/modules.ts';
import { hostedLanguage, type Language } from './module.ts';
import { libraryFolder } from './native.ts';

const CLANG = process.env.CLANG ?? 'clang';
const TARGET = '--target=wasm32-wasi';
// Not optimised: the compiler takes most of the time of these tests.
const COMPILER_FLAGS = [TARGET, '-Wall', '-Wextra', '-Werror', '-O0', `-I${includeDir}`];
/**
 * Without an -O: with one, clang runs the first wasm-opt in the path on the module, which removes the
 * functions' names and lines.
 */
const LINKER_FLAGS = [TARGET, '-mexec-model=reactor', '-Wl,--stack-first'];

/** Whether a compiler makes a program for WebAssembly from a source that includes a header of its library. */
function canUse(compiler: string, flags: readonly string[], header: string): boolean {
  const input = `#include <${header}>\nint main(void) { return 0; }`;
  const there = spawnSync(compiler, [...flags, '-', '-o', '/dev/null'], { input });
  if (there.status !== 0 && process.env.GLOSSA_REQUIRE_ALL === '1')
    throw new Error(
      `${compiler} cannot compile for WebAssembly, and GLOSSA_REQUIRE_ALL is 1: ${there.stderr}`,
    );
  if (there.status !== 0) console.error(`skipped: ${compiler} cannot compile for WebAssembly`);
  return there.status === 0;
}

export const canCompileWasm = canUse(CLANG, [...LINKER_FLAGS, '-x', 'c'], 'errno.h');

const CLANGXX = `${CLANG.replace(/clang(?=[^/]*$)/, 'clang++')}`;
const CPP_FLAGS = ['-std=c++20', '-fno-exceptions'];

export const canCompileCpp =
  canCompileWasm && canUse(CLANGXX, [...LINKER_FLAGS, ...CPP_FLAGS, '-x', 'c++'], 'string');

/** Compiles a source in C++, with the functions of glossa.h, which are C; the path of the module. */
export function compileCpp(source: string, out: string): string {
  const functions = compileObject(CLANG, join(includeDir, 'glossa.c'), `${out}.functions.o`);
  const object = compileObject(CLANGXX, source, `${out}.o`, CPP_FLAGS);
  run(CLANGXX, [...LINKER_FLAGS, '-o', out, object, functions]);
  return out;
}

/** Compiles a source with the flags of the tests and more; the path of the module. */
export function compileWasm(source: string, out: string, more: readonly string[] = []): string {
  const object = compileObject(CLANG, source, `${out}.o`, more);
  run(CLANG, [...LINKER_FLAGS, ...more, '-o', out, object]);
  return out;
}

/** Compiles a source to an object file; its path. */
function compileObject(
  compiler: string,
  source: string,
  out: string,
  more: readonly string[] = [],
): string {
  run(compiler, [...COMPILER_FLAGS, ...more, '-c', '-o', out, source]);
  return out;
}

function run(compiler: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(compiler, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${compiler} ${args.join(' ')}\n${stderr}`);
}

/** A module of this C text; the path of the module. */
export function compileWasmText(name: string, text: string, more: readonly string[] = []): string {
  const source = join(libraryFolder(), `${name}.c`);
  writeFileSync(source, text);
  return compileWasm(source, join(libraryFolder(), `${name}.wasm`), more);
}

/** Modules in WebAssembly, by the names of their sources in C. */
export const wasmC: Language = {
  ...hostedLanguage,
  find(folder, name): Record<string, string> {
    if (name === null) return { 'module-path': libraryFolder() };
    const out = join(libraryFolder(), `${name}.wasm`);
    if (!existsSync(out)) makeCModule(folder, name, out, compileWasm);
    return { 'module-name': `${name}.wasm`, 'module-path': libraryFolder() };
  },
};
