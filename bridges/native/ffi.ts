/**
 * Loads a C module and calls its functions through the package koffi or ffi-rs. Each volume loads a
 * copy of the file, which is deleted at once: so volumes share no variables, and recompiling does
 * not change a running module. The error for an unusable file says in one line what to do.
 */
import {
  closeSync,
  copyFileSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { InitError } from '../../runtime/core/errors.ts';
import { koffi } from '../../runtime/sys/koffi.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { type Library, PlainMemory } from '../compiled/library.ts';

export type FfiName = 'koffi' | 'ffi-rs';
export const ffiNames = ['koffi', 'ffi-rs'] as const;

/** The folder that contains glossa.h. */
export const includeDir: string = join(packageRoot, 'bridges', 'native');

/** A module's C functions, without their prefix `glossa_`. */
interface Functions {
  /** Returns the version of glossa.h with which the module was compiled. */
  abiVersion(): number;
  /** Sets the memory in which C finds the arguments of calls (compiled/area.ts). */
  useArea(area: Uint8Array): void;
  /** Runs a command of compiled/guest.ts; returns a code of host/guest.ts. */
  enter(command: number): number;
  /** Does the same, with the data of a fop or reply. */
  enterWith(command: number, data: Uint8Array): number;
  /** Copies the messages of the last call to `buffer`. */
  take(buffer: Uint8Array): void;
  /** Unloads the module; its functions must not be called again. */
  close(): void;
}

/** Bytes of the reused message buffer; longer messages are copied to a buffer of their own. */
const MESSAGE_BUFFER_BYTES = 64 * 1024;

/** A loaded shared object. */
class NativeLibrary extends PlainMemory implements Library {
  readonly failure = undefined;
  /** Unknown: C allocates in the memory of the process. */
  readonly memoryBytes = 0;
  private readonly functions: Functions;
  private readonly messageBuffer = new Uint8Array(MESSAGE_BUFFER_BYTES);

  constructor(functions: Functions) {
    super();
    this.functions = functions;
    functions.useArea(this.area);
  }

  override growArea(byteCount: number): void {
    super.growArea(byteCount);
    this.functions.useArea(this.area);
  }

  enter(command: number, data: Uint8Array | null): number {
    return data === null ? this.functions.enter(command) : this.functions.enterWith(command, data);
  }

  /** Copies the messages out of C. */
  readMessages(doubleCount: number): Uint8Array {
    const byteCount = 8 * doubleCount;
    const bytes = byteCount > MESSAGE_BUFFER_BYTES ? new Uint8Array(byteCount) : this.messageBuffer;
    this.functions.take(bytes);
    return bytes;
  }

  close(): void {
    this.functions.close();
  }
}

/** Loads the functions of a file. */
type OpenFile = (path: string) => Promise<Functions>;

/** Loads functions through each of the packages. */
const openers: Readonly<Record<FfiName, OpenFile>> = {
  koffi: async (path) => {
    const library = koffi.load(path);
    const bindFunction = <F>(prototype: string): F => library.func(prototype) as unknown as F;
    return {
      abiVersion: bindFunction('int32_t glossa_abi_version(void)'),
      useArea: bindFunction('void glossa_use_area(uint8_t *area)'),
      enter: bindFunction('int32_t glossa_enter(int32_t what)'),
      enterWith: bindFunction('int32_t glossa_enter_with(int32_t what, uint8_t *data)'),
      take: bindFunction('void glossa_take(uint8_t *to)'),
      close: () => library.unload(),
    };
  },
  'ffi-rs': async (path) => {
    const { close, DataType, define, open } = await importFfiRs();
    const { I32, U8Array, Void } = DataType;
    // The path is that of a new copy, so no other library has this name.
    open({ library: path, path });
    const describeFunction = (
      retType: typeof I32 | typeof Void,
      paramsType: (typeof I32 | typeof U8Array)[],
    ) => ({
      library: path,
      retType,
      paramsType,
    });
    const functions = define({
      glossa_abi_version: describeFunction(I32, []),
      glossa_use_area: describeFunction(Void, [U8Array]),
      glossa_enter: describeFunction(I32, [I32]),
      glossa_enter_with: describeFunction(I32, [I32, U8Array]),
      glossa_take: describeFunction(Void, [U8Array]),
    });
    return {
      abiVersion: () => functions.glossa_abi_version([]) as number,
      useArea: (area) => void functions.glossa_use_area([toBuffer(area)]),
      enter: (command) => functions.glossa_enter([command]) as number,
      enterWith: (command, data) =>
        functions.glossa_enter_with([command, toBuffer(data)]) as number,
      take: (buffer) => void functions.glossa_take([toBuffer(buffer)]),
      close: () => close(path),
    };
  },
};

const toBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Imports the package ffi-rs. @throws {InitError} if it is not installed */
async function importFfiRs(): Promise<typeof import('ffi-rs')> {
  try {
    // A CommonJS package: the functions are in the default export.
    const imported: unknown = await import('ffi-rs');
    return ((imported as { default?: unknown }).default ?? imported) as typeof import('ffi-rs');
  } catch (error) {
    const reason = (error as Error).message.split('\n')[0];
    throw new InitError(
      `option ffi ffi-rs: the package ffi-rs is not there (npm install ffi-rs): ${reason}`,
    );
  }
}

/** Loads a module, and checks its ABI version. @throws {InitError} if it cannot be used */
export async function openLibrary(path: string, ffi: FfiName): Promise<Library> {
  checkFile(path);
  let functions: Functions;
  let actualVersion: number;
  try {
    functions = await openCopy(path, openers[ffi]);
    // ffi-rs resolves a function at its first call.
    actualVersion = functions.abiVersion();
  } catch (error) {
    if (error instanceof InitError) throw error;
    throw new InitError(`${path}: ${explainLoadError((error as Error).message)}`);
  }
  const expectedVersion = readAbiVersion();
  if (actualVersion === expectedVersion) return new NativeLibrary(functions);
  functions.close();
  throw new InitError(
    `${path} was compiled with the header of ABI version ${actualVersion}, and this is version ${expectedVersion}: ` +
      'compile it anew (-I$(glossa new include-dir))',
  );
}

/** Reads the ABI version in glossa.h. */
export function readAbiVersion(): number {
  const header = readFileSync(join(includeDir, 'glossa.h'), 'utf8');
  return Number(/GLOSSA_ABI_VERSION (\d+)/.exec(header)![1]);
}

/** Opens a copy of the file, in the first of two folders that is not mounted noexec. */
async function openCopy(path: string, open: OpenFile): Promise<Functions> {
  const parentFolders = [tmpdir(), dirname(path)];
  for (const parent of parentFolders) {
    const folder = mkdtempSync(join(parent, 'glossa-native-'));
    const copy = join(folder, basename(path));
    try {
      copyFileSync(path, copy);
      return await open(copy);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      const isLast = parent === parentFolders.at(-1);
      if (error instanceof InitError || isLast || !/operation not permitted/i.test(text)) {
        throw error instanceof InitError ? error : new Error(text.replaceAll(copy, path));
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  throw new Error('no folder can hold an executable copy: set TMPDIR');
}

/** Rewrites the dynamic loader's error message for the module's author. */
function explainLoadError(text: string): string {
  const missing = /undefined symbol:? '?(\w+)|symbol not found:? '?(\w+)/i.exec(text);
  const symbol = missing?.[1] ?? missing?.[2];
  if (symbol === 'glossa_translator') {
    return 'it does not define glossa_translator, the struct glossa_translator with its fops';
  }
  if (symbol !== undefined && !symbol.startsWith('glossa_')) {
    return `it uses ${symbol}, which nothing defines (is a -l missing when it is linked?)`;
  }
  if (symbol !== undefined || /find function|glossa_abi_version/i.test(text)) {
    return 'it is no translator: it was not compiled with glossa.h (glossa new include-dir)';
  }
  return `it cannot be loaded: ${text.split('\n')[0]}`;
}

// The first word of an ELF file, and offsets in its head (elf.h).
const ELF_MAGIC = 0x7f454c46;
const EI_CLASS = 4;
const EI_DATA = 5;
const E_TYPE_OFFSET = 16;
const E_MACHINE_OFFSET = 18;
/** The value of EI_DATA for little-endian files. */
const LITTLE_ENDIAN = 1;
/** e_machine and EI_CLASS (1 for 32 bits, 2 for 64), by Node's name of the architecture. */
const ELF_MACHINES: Readonly<Record<string, readonly [machine: number, elfClass: 1 | 2]>> = {
  x64: [62, 2],
  arm64: [183, 2],
  arm: [40, 1],
  ia32: [3, 1],
  riscv64: [243, 2],
  loong64: [258, 2],
  ppc64: [21, 2],
  s390x: [22, 2],
};
/** The value of e_type for shared objects. */
const ET_DYN = 3;

/** Checks the file's head, to report common mistakes clearly. @throws {InitError} */
export function checkFile(path: string): void {
  if (process.platform !== 'linux') return;
  const head = readHead(path);
  // The fields read here end at byte 20.
  if (head.length < 20 || head.readUInt32BE(0) !== ELF_MAGIC) {
    throw new InitError(`${path} is not a shared object (compile it with cc -shared -fPIC)`);
  }
  const isLittleEndian = head[EI_DATA] === LITTLE_ENDIAN;
  const readHalf = (offset: number): number =>
    isLittleEndian ? head.readUInt16LE(offset) : head.readUInt16BE(offset);
  const [type, machine] = [readHalf(E_TYPE_OFFSET), readHalf(E_MACHINE_OFFSET)];
  const actualClass = head[EI_CLASS];
  const [expectedMachine, expectedClass] = ELF_MACHINES[process.arch] ?? [machine, actualClass];
  if (machine !== expectedMachine || actualClass !== expectedClass) {
    const match = Object.entries(ELF_MACHINES).find(([, [number]]) => number === machine);
    const machineName = match?.[0] ?? `machine ${machine}`;
    throw new InitError(`${path} was built for ${machineName}, and this is ${process.arch}`);
  }
  if (type !== ET_DYN) {
    throw new InitError(`${path} is not a shared object (link it with cc -shared -fPIC)`);
  }
}

/** Reads the first bytes of a file: an ELF header has at most 64. */
function readHead(path: string): Buffer {
  try {
    const file = openSync(path, 'r');
    try {
      const head = Buffer.alloc(64);
      return head.subarray(0, readSync(file, head, 0, head.length, 0));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new InitError(`${path} cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}
