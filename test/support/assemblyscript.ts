/**
 * Compiles modules in AssemblyScript for the tests at their first use in a run, with npm's compiler. Without the
 * compiler such tests are skipped with a message; with GLOSSA_REQUIRE_ALL=1 they fail.
 */
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, relative } from 'node:path';
import { inject } from 'vitest';
import { librariesByLanguage, packageRoot } from '../../runtime/sys/paths.ts';
import { everyFopModules, writeEveryFop } from './assemblyscript-every-fop.ts';
import { hostedLanguage, type Language } from './module.ts';
import { libraryFolder } from './native.ts';

/** The part of the compiler's interface that is used here. */
interface Compiler {
  main(
    args: readonly string[],
    io: { stdout: Output; stderr: Output },
  ): Promise<{ readonly error: Error | null }>;
}

interface Output {
  write(chunk: string): void;
}

const compilerFolder = join(packageRoot, 'node_modules', 'assemblyscript');
const compilerPath = join(compilerFolder, 'dist', 'asc.js');

/** The compiler's program. */
export const asc = join(compilerFolder, 'bin', 'asc.js');

function findCompiler(): boolean {
  if (existsSync(compilerPath)) return true;
  const reason = "npm's assemblyscript is not installed";
  if (process.env.GLOSSA_REQUIRE_ALL === '1')
    throw new Error(`${reason}, and GLOSSA_REQUIRE_ALL is 1`);
  console.error(`skipped: ${reason}`);
  return false;
}

export const canCompileAssemblyScript = findCompiler();

/** The compiler, which takes a second to load. */
let compiler: Promise<Compiler> | undefined;

/** Flags of docs/write/assemblyscript.md, but for the optimisation, which takes most of the time. */
export const documentedFlags = ['--debug', '--sourceMap', '--exportStart', '_initialize'];

/**
 * Compiles a module and its source map, in a folder of its own, as other files' processes may compile the same
 * meanwhile. @param more flags of the compiler @throws {Error} with the compiler's messages
 */
export async function compileAssemblyScript(
  source: string,
  out: string,
  more: readonly string[] = [],
): Promise<string> {
  compiler ??= import(compilerPath) as Promise<Compiler>;
  const { main } = await compiler;
  const folder = mkdtempSync(`${out}-`);
  const unfinished = join(folder, basename(out));
  let messages = '';
  const output: Output = {
    write(chunk) {
      messages += chunk;
    },
  };
  const library = librariesByLanguage.assemblyscript!;
  const paths = [relative('.', source), '--outFile', relative('.', unfinished), '--lib', library];
  const { error } = await main([...paths, ...documentedFlags, ...more], {
    stdout: output,
    stderr: output,
  });
  try {
    if (error !== null) throw new Error(`${source}: ${error.message}\n${messages}`);
    if (existsSync(`${unfinished}.map`)) renameSync(`${unfinished}.map`, `${out}.map`);
    linkSync(unfinished, out);
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code !== 'EEXIST') throw failure;
  } finally {
    rmSync(folder, { recursive: true });
  }
  return out;
}

/** A module of this text; the path of the module. */
export async function compileAssemblyScriptText(name: string, text: string): Promise<string> {
  const source = join(libraryFolder(), `${name}.ts`);
  writeFileSync(source, text);
  return await compileAssemblyScript(source, join(libraryFolder(), `${name}.wasm`));
}

/** The folder of what the whole run uses. */
function sharedFolder(): string {
  const folder = join(inject('runFolder'), 'assemblyscript');
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** The start of the text that selects a module (contract/bridge/assemblyscript/selection.ts), and its length. */
const SELECTION = 'glossa-contract-module';
const SELECTION_CHARS = 32;

/** The contract's compiled files: each copy of one runs one of its modules. */
export interface ContractModules {
  readonly everyFop: string;
  readonly others: string;
}

/** Compiles the contract's modules. */
export async function compileContractModules(folder: string): Promise<ContractModules> {
  const everyFop = join(sharedFolder(), 'every_fop.wasm');
  const others = join(sharedFolder(), 'main.wasm');
  if (!existsSync(others)) await compileAssemblyScript(join(folder, 'main.ts'), others);
  if (!existsSync(everyFop)) {
    const source = join(libraryFolder(), 'every_fop.ts');
    writeFileSync(source, writeEveryFop());
    await compileAssemblyScript(source, everyFop, ['--lib', folder]);
  }
  return { everyFop, others };
}

/** Makes the contract's module of this name. */
export function makeContractModule(
  { everyFop, others }: ContractModules,
  name: string,
  out: string,
): void {
  const bytes = readFileSync(everyFopModules.includes(name) ? everyFop : others);
  const at = bytes.indexOf(Buffer.from(SELECTION, 'utf16le'));
  bytes.write(name.padEnd(SELECTION_CHARS), at, 'utf16le');
  writeFileSync(out, bytes);
}

/** Modules of the contract in AssemblyScript, by their names. */
export const makeWasmAssemblyScript = (compiled: ContractModules): Language => ({
  ...hostedLanguage,
  hasLines: false,
  find(_folder, name): Record<string, string> {
    if (name === null) return { 'module-path': libraryFolder() };
    const out = join(libraryFolder(), `${name}.wasm`);
    if (!existsSync(out)) makeContractModule(compiled, name, out);
    return { 'module-name': `${name}.wasm`, 'module-path': libraryFolder() };
  },
});
