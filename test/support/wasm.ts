/**
 * Compiles modules to WebAssembly for the tests at their first use: C by clang, WebAssembly text by
 * wabt. Without clang such tests are skipped with a message; with GLOSSA_REQUIRE_ALL=1 they fail.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import loadWabt from 'wabt';
import { includeDir } from '../../runtime/sys/paths.ts';
import { hostedLanguage, type Language } from './module.ts';
import { libraryFolder } from './native.ts';

const CLANG = process.env.CLANG ?? 'clang';
const FLAGS = [
  ...['--target=wasm32-wasi', '-mexec-model=reactor', '-Wl,--stack-first'],
  ...['-Wall', '-Wextra', '-Werror', '-O1', `-I${includeDir}`],
];

/** Whether clang compiles a program for WebAssembly, with a C library. */
function hasClang(): boolean {
  const source = '#include <errno.h>\nint main(void) { return ENOENT; }';
  const there = spawnSync(CLANG, [...FLAGS, '-x', 'c', '-', '-o', '/dev/null'], { input: source });
  if (there.status !== 0 && process.env.GLOSSA_REQUIRE_ALL === '1')
    throw new Error(
      `${CLANG} cannot compile for WebAssembly, and GLOSSA_REQUIRE_ALL is 1: ${there.stderr}`,
    );
  if (there.status !== 0) console.error(`skipped: ${CLANG} cannot compile for WebAssembly`);
  return there.status === 0;
}

export const canCompileWasm = hasClang();

/** Compiles a source with the flags of the tests and more; the path of the module. */
export function compileWasm(source: string, out: string, more: readonly string[] = []): string {
  const args = [...FLAGS, ...more, '-o', out, source];
  const { status, stderr } = spawnSync(CLANG, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${CLANG} ${args.join(' ')}\n${stderr}`);
  return out;
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
    if (!existsSync(out)) compileWasm(join(folder, `${name}.c`), out);
    return { 'module-name': `${name}.wasm`, 'module-path': libraryFolder() };
  },
};

const wabt = await loadWabt();

/** Translates WebAssembly text to the bytes of a module, with the names of its functions. */
export function translate(text: string): Uint8Array {
  const features = { threads: true, memory64: true, exceptions: true, multi_memory: true };
  const module = wabt.parseWat('test.wat', text, features);
  const { buffer } = module.toBinary({ write_debug_names: true });
  module.destroy();
  return buffer;
}
