/**
 * Checks the bytes of a WebAssembly module before it is compiled, so that each mistake of a build is
 * refused in one line that names it and the flag that avoids it.
 */
import { InitError } from '../../runtime/core/errors.ts';
import type { ModuleDescription } from '../host/guest.ts';
import {
  MalformedModuleError,
  type ModuleParts,
  readModule,
  UnsupportedModuleError,
} from '../host/wasm-binary.ts';
import { keepExports, limitMemory, limitTables } from '../host/wasm-edits.ts';
import { PAGE_BYTES } from '../host/web-assembly.ts';
import { readSection, SECTION_NAME } from './custom-section.ts';
import { findImportProblem } from './imports.ts';
import { type InterruptibleModule, makeInterruptible } from './interruptible-code.ts';
import { findSizeProblem, findTableProblem, MAX_TABLE_ENTRIES } from './module-sizes.ts';

/** The largest file that is loaded: larger ones hold debug information, or data that belongs in a file. */
const MAX_BYTES = 64 * 1024 * 1024;
const MEBIBYTE = 1024 * 1024;

/** The exports that a module must have, with the types of functions ('' for the memory). */
const EXPORTS: Readonly<Record<string, string>> = {
  memory: '',
  glossa_abi_version: '() -> i32',
  glossa_area: '(i32) -> i32',
  glossa_data: '(i32) -> i32',
  glossa_enter: '(i32, i32) -> i32',
  glossa_messages: '() -> i32',
};

/** A checked module; memory and tables of its `bytes`, which are to be compiled, do not grow beyond the limits. */
export interface CheckedModule extends InterruptibleModule {
  /** The parts of the module as it was. */
  readonly parts: ModuleParts;
  /** The description in its custom section, if that is complete. */
  readonly description: ModuleDescription | undefined;
}

const startsWith = (bytes: Uint8Array, start: readonly number[]): boolean =>
  start.every((byte, i) => bytes[i] === byte);
const MAGIC = [0x00, 0x61, 0x73, 0x6d];
const VERSION_1 = [...MAGIC, 1, 0, 0, 0];
/** Version 13, layer 1. */
const COMPONENT = [...MAGIC, 0x0d, 0, 1, 0];
const ELF = [0x7f, 0x45, 0x4c, 0x46];

/** Returns why the first bytes are not those of a module; undefined if they are. */
function findHeadProblem(bytes: Uint8Array): string | undefined {
  if (startsWith(bytes, VERSION_1)) return undefined;
  if (bytes.length === 0) return 'is empty';
  const head = String.fromCharCode(...bytes.subarray(0, 256));
  if (/^\s*(?:;;|\(;|\(module)/.test(head))
    return 'is WebAssembly text, not a module: translate it with wat2wasm';
  if (startsWith(bytes, ELF))
    return 'is not a WebAssembly module but an ELF file, as a .so is: run it with features/native';
  if (startsWith(bytes, COMPONENT))
    return 'is a component: build a core module (target wasm32-wasi, without wasm-tools component new)';
  if (startsWith(bytes, MAGIC)) return 'is a WebAssembly module of an unknown version';
  return 'is not a WebAssembly module';
}

/** Returns why the kind of its memory is refused; undefined if it is not. */
function findMemoryProblem({ memories, exports }: ModuleParts): string | undefined {
  const [memory] = memories;
  if (memories.length > 1) return 'has several memories, of which one at most is supported';
  if (memory?.isShared)
    return 'has a shared memory, for threads: compile it without -pthread and --shared-memory';
  if (memory?.has64BitAddresses) return 'has 64-bit addresses: compile it for wasm32, not wasm64';
  if (memory === undefined && exports.get('memory')?.kind === 'memory')
    return 'exports a memory that it does not define';
  return undefined;
}

/** Returns why its exports do not fit; undefined if they do. */
function findExportProblem({ exports }: ModuleParts): string | undefined {
  const missing = Object.keys(EXPORTS).filter((name) => !exports.has(name));
  if (missing.length > 0 && exports.has('_start'))
    return 'is a program with a main function: compile it with -mexec-model=reactor (in Rust: crate-type = ["cdylib"])';
  if (missing.length === Object.keys(EXPORTS).length)
    return 'exports nothing of the interface of translators (it was compiled without glossa.h)';
  if (missing.length > 0) {
    const hint = missing.includes('memory')
      ? 'link it with --export-memory'
      : 'compile it with glossa.h, or see docs/wasm-abi.md';
    return `does not export ${missing.join(', ')}: ${hint}`;
  }
  for (const [name, expected] of Object.entries(EXPORTS)) {
    const { kind, type } = exports.get(name)!;
    const expectedKind = expected === '' ? 'memory' : 'function';
    if (kind !== expectedKind) return `exports ${name} as a ${kind}, not as a ${expectedKind}`;
    // An unknown type could return a value that is no number.
    if (type !== expected)
      return `exports ${name} with the type ${type || 'of a later proposal'}, where the interface has ${expected}`;
  }
  if (exports.has('_start'))
    return 'exports _start, as a program does: compile it with -mexec-model=reactor';
  return undefined;
}

/** Checks a module. @throws {InitError} */
export function checkModule(
  path: string,
  bytes: Uint8Array,
  memoryLimitBytes: number,
): CheckedModule {
  const refuseIf = (problem: string | undefined): void => {
    if (problem !== undefined) throw new InitError(`${path} ${problem}`);
  };
  refuseIf(findHeadProblem(bytes));
  if (bytes.length > MAX_BYTES) {
    throw new InitError(
      `${path} has ${Math.round(bytes.length / MEBIBYTE)} MiB, and a module may have ` +
        `${MAX_BYTES / MEBIBYTE}: link it with -Wl,--strip-all, and keep data in files`,
    );
  }
  /** Refuses a module that cannot be read. */
  const tryToRead = <T>(read: () => T): T => {
    try {
      return read();
    } catch (error) {
      if (error instanceof UnsupportedModuleError)
        throw new InitError(`${path}: ${error.message}: compile it without that`);
      if (!(error instanceof MalformedModuleError)) throw error;
      throw new InitError(`${path} is not a whole WebAssembly module: ${error.message}`);
    }
  };
  refuseIf(tryToRead(() => findSizeProblem(bytes, memoryLimitBytes)));
  const parts = tryToRead(() => readModule(bytes));
  const section = parts.customSections.find(({ name }) => name === SECTION_NAME)?.content;
  const description = readSection(path, section);
  if (parts.hasExceptions)
    refuseIf('uses exceptions, which the host cannot handle: compile it with -fno-exceptions');
  const importProblem = findImportProblem(parts.imports);
  if (importProblem !== undefined) throw new InitError(`${path}: ${importProblem}`);
  refuseIf(findMemoryProblem(parts));
  refuseIf(findExportProblem(parts));
  const { minPages, maxPages = Number.POSITIVE_INFINITY } = parts.memories[0]!;
  const limitPages = Math.floor(memoryLimitBytes / PAGE_BYTES);
  if (minPages > limitPages) {
    throw new InitError(
      `${path} begins with ${Math.ceil((minPages * PAGE_BYTES) / MEBIBYTE)} MiB of memory, and ` +
        `option memory-limit allows ${Math.floor(memoryLimitBytes / MEBIBYTE)}`,
    );
  }
  refuseIf(findTableProblem(parts.tables));
  // The last section first: the offsets of earlier ones stay.
  let limited = bytes;
  if (maxPages > limitPages)
    limited = limitMemory(limited, parts.memorySection!, minPages, limitPages);
  if (parts.tables.length > 0)
    limited = limitTables(limited, parts.tableSection!, parts.tables, MAX_TABLE_ENTRIES);
  const shift = limited.length - bytes.length;
  const importCount = parts.imports.length;
  const interruptible = tryToRead(() => makeInterruptible(limited, importCount));
  const { cost } = interruptible;
  if (cost.compilerBytes > memoryLimitBytes) {
    throw new InitError(
      `${path} has a function whose local variables and blocks take the engine ` +
        `${Math.round(cost.compilerBytes / MEBIBYTE)} MiB, and option memory-limit allows ` +
        `${Math.floor(memoryLimitBytes / MEBIBYTE)}`,
    );
  }
  keepExports(interruptible.bytes, (name) => name in EXPORTS || name === '_initialize');
  const findOriginalOffset = (offset: number): number | undefined => {
    const found = interruptible.findOriginalOffset(offset);
    return found === undefined ? undefined : found - shift;
  };
  return { ...interruptible, parts, findOriginalOffset, description };
}
