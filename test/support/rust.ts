/**
 * Compiles modules in Rust for the tests at their first use in a run. Without a compiler for
 * WebAssembly such tests are skipped with a message; with GLOSSA_REQUIRE_ALL=1 they fail.
 */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { inject } from 'vitest';
import { crateFolder } from '../../runtime/sys/paths.ts';
import { STEPS, selectModule } from '../contract/bridge/modules.ts';
import { hostedLanguage, type Language } from './module.ts';
import { libraryFolder } from './native.ts';

const TARGET = 'wasm32-unknown-unknown';

/** Returns true if this compiler has the standard library for WebAssembly. */
function hasTarget(rustc: string): boolean {
  const { status, stdout } = spawnSync(rustc, ['--target', TARGET, '--print', 'target-libdir'], {
    encoding: 'utf8',
  });
  const folder = stdout?.trim() ?? '';
  return status === 0 && existsSync(folder) && readdirSync(folder).length > 0;
}

/** Finds the compiler: that of $RUSTC or the first in the path, else the system's. */
function findCompiler(): string {
  const { RUSTC } = process.env;
  const names = RUSTC === undefined ? ['rustc', '/usr/bin/rustc'] : [RUSTC];
  const found = names.find(hasTarget);
  if (found !== undefined) return found;
  const reason = `a Rust compiler for ${TARGET} is not installed (${names.join(', ')})`;
  if (process.env.GLOSSA_REQUIRE_ALL === '1')
    throw new Error(`${reason}, and GLOSSA_REQUIRE_ALL is 1`);
  console.error(`skipped: ${reason}`);
  return '';
}

/** The compiler; '' without one. */
export const rustCompiler = findCompiler();

/** The Cargo beside the compiler. */
export const cargo = join(dirname(rustCompiler), 'cargo');

/** The reason why Cargo cannot be used with the compiler, or ''. */
export const noCargo =
  rustCompiler !== '' && spawnSync(cargo, ['--version']).status === 0
    ? ''
    : 'cargo for the Rust compiler is not installed';

// Not optimised: the compiler takes most of the time of these tests.
const FLAGS = [
  ...['--edition', '2021', '--target', TARGET, '-D', 'warnings'],
  ...['-C', 'panic=abort', '-C', 'debug-assertions=off'],
];

/**
 * Runs the compiler, in a folder of its own, as other files' processes may compile the same
 * meanwhile. The first result stays, as a third compiler may be reading it.
 */
function compileTo(out: string, args: readonly string[]): void {
  const folder = mkdtempSync(`${out}-`);
  const unfinished = join(folder, basename(out));
  const all = [...FLAGS, ...args, '-o', unfinished];
  const { status, stderr } = spawnSync(rustCompiler, all, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${rustCompiler} ${all.join(' ')}\n${stderr}`);
  try {
    linkSync(unfinished, out);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The folder of what the whole run uses. */
function sharedFolder(): string {
  const folder = join(inject('runFolder'), 'rust');
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Compiles the crate; the path of its library. */
function compileCrate(): string {
  const out = join(sharedFolder(), 'libglossa.rlib');
  const source = join(crateFolder, 'src/lib.rs');
  if (!existsSync(out)) compileTo(out, ['--crate-type', 'rlib', '--crate-name', 'glossa', source]);
  return out;
}

/** Compiles a module; `more` are flags of the compiler. The path of the module. */
export function compileRust(source: string, out: string, more: readonly string[] = []): string {
  const crate = compileCrate();
  compileTo(out, ['--crate-type', 'cdylib', '--extern', `glossa=${crate}`, ...more, source]);
  return out;
}

/** A module of this text; the path of the module. */
export function compileRustText(name: string, text: string, more: readonly string[] = []): string {
  const source = join(libraryFolder(), `${name}.rs`);
  writeFileSync(source, text);
  return compileRust(source, join(libraryFolder(), `${name}.wasm`), more);
}

/** The compiler's error for a module of this text. @throws {Error} if it compiles */
export function findRustError(name: string, text: string): string {
  try {
    compileRustText(name, text);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error(`${name} compiles`);
}

/** Modules of steps whose methods no other has. */
const CARRIERS = [
  ...[
    'any',
    'any_cbk',
    'any_own',
    'cancel_any',
    'hooks',
    'retry_cbk',
    'several',
    'several_through',
  ],
  ...['failing', 'edition1', 'edition2', 'edition_refuses'],
];

/** A module's steps. A method in Rust has no arguments after a sleep: callbacks take the place of `await`. */
const readSteps = (name: string): string =>
  STEPS[name]!.replace(
    'each_fop: sleep 0; await; sleep 1; return',
    'any_fop: sleep 0; wind\nany_cbk: sleep 1; unwind',
  );

/** The translator, in carriers.rs or every_carriers.rs, with the methods of a module of steps. */
function findCarrier(name: string): string {
  if (CARRIERS.includes(name)) return name;
  if (name.startsWith('hooks')) return 'hooks_any';
  if (name.startsWith('any') || name === 'late') return 'any';
  const every = ['each_fop', 'each_cbk'].filter((method) => readSteps(name).includes(method));
  return every.length === 2 ? 'each' : (every[0] ?? 'requests');
}

/** Makes the contract's module of this name, whose source is in `folder`. */
export function makeContractModule(folder: string, name: string, out: string): void {
  const hasSource = existsSync(join(folder, `${name}.rs`));
  const selected = hasSource ? name : findCarrier(name);
  const group = selected.startsWith('each') ? 'every_fop' : 'main';
  const path = join(sharedFolder(), `${group}.wasm`);
  if (!existsSync(path)) compileRust(join(folder, `${group}.rs`), path, ['-C', 'strip=symbols']);
  selectModule(path, `${selected}\n${hasSource ? '' : readSteps(name)}`, out);
}

/** Modules of the contract in Rust, by their names. */
export const wasmRust: Language = {
  ...hostedLanguage,
  find(folder, name): Record<string, string> {
    if (name === null) return { 'module-path': libraryFolder() };
    const out = join(libraryFolder(), `${name}.wasm`);
    if (!existsSync(out)) makeContractModule(folder, name, out);
    return { 'module-name': `${name}.wasm`, 'module-path': libraryFolder() };
  },
};
