/** Starts a WebAssembly module as a guest of the host translator. */
import { InitError } from '../../runtime/core/errors.ts';
import { ERROR } from '../../runtime/core/log.ts';
import { describeCommand } from '../compiled/commands.ts';
import { CompiledGuest, type CompiledKind } from '../compiled/guest.ts';
import type { GuestHost } from '../host/guest-host.ts';
import type { DescribeModule, GuestSettings, ModuleFile, StartGuest } from '../host/language.ts';
import type { Machine } from '../host/machine.ts';
import { type CompiledModule, wasm } from '../host/web-assembly.ts';
import { INTERFACE_VERSION } from './custom-section.ts';
import { type FindFunction, makeFindFunction } from './function-names.ts';
import { type LibrarySettings, StartError, WasmLibrary } from './library.ts';
import { type CheckedModule, checkModule } from './module-check.ts';
import { makeFindPosition } from './positions.ts';
import { describeTrap, type FindCompiledPosition } from './traps.ts';
import { explainErrno } from './wasi-errno.ts';

/** A checked and compiled module. */
interface Compiled {
  readonly checked: CheckedModule;
  readonly module: CompiledModule;
  readonly memoryLimitBytes: number;
  readonly findPosition: FindCompiledPosition;
  readonly findFunction: FindFunction;
}

/** The compiled modules by their files, as a volume starts several instances of a file. */
const compiledByFile = new WeakMap<ModuleFile, Compiled>();

/** Checks and compiles a module, once for a file and limit. @throws {InitError} */
function compile(file: ModuleFile, memoryLimitBytes: number, machine: Machine): Compiled {
  const previous = compiledByFile.get(file);
  if (previous?.memoryLimitBytes === memoryLimitBytes) return previous;
  const checked = checkModule(file.path, file.bytes, memoryLimitBytes);
  let module: CompiledModule;
  try {
    const compileNow = (): CompiledModule => new wasm.Module(checked.bytes);
    module = checked.cost.isOptimizable ? compileNow() : machine.compileUnoptimized(compileNow);
  } catch (error) {
    const reason = (error as Error).message.replace(/^WebAssembly\.Module\(\): /, '');
    throw new InitError(`${file.path} cannot be compiled: ${reason}`);
  }
  const findPosition = makeFindPosition(file, checked, machine.sources);
  const findFunction = makeFindFunction(checked.parts);
  const compiled = { checked, module, memoryLimitBytes, findPosition, findFunction };
  compiledByFile.set(file, compiled);
  return compiled;
}

/** Makes the settings of an instance. */
function makeLibrarySettings(
  file: ModuleFile,
  { findPosition }: Compiled,
  host: GuestHost,
  settings: GuestSettings,
): LibrarySettings {
  const { machine } = settings;
  const now = (): number => host.now();
  return {
    volume: settings.volume,
    limitMs: settings.timeLimitS * 1000,
    watchEngine: machine.watchEngine,
    importHost: {
      now,
      wallClockMs: settings.virtualTime ? () => now() / 1000 : () => Date.now(),
      fillRandom: (out) => machine.fillRandom(out),
      log: (level, text) => settings.log(level, { file: file.path, line: 0, func: '-' }, text),
    },
    explainTrap(error, command) {
      const { reason, source, trace } = describeTrap(error, file.path, findPosition);
      const action = command === undefined ? 'the start' : describeCommand(command);
      if (command !== undefined) settings.log(ERROR, source, `${action} failed: ${reason}${trace}`);
      return reason;
    },
  };
}

/** Compiles the module, starts an instance, and reads its description. @throws {InitError} */
export const startWasm: StartGuest = async (file, host, settings) => {
  const compiled = compile(file, settings.memoryLimitBytes, settings.machine);
  try {
    const librarySettings = makeLibrarySettings(file, compiled, host, settings);
    const library = new WasmLibrary(compiled.module, librarySettings);
    try {
      checkVersion(file.path, library.abiVersion);
      const { findFunction } = compiled;
      const kind: CompiledKind = { language: 'wasm', explainErrno, findFunction };
      return new CompiledGuest(kind, file.path, library, host);
    } catch (error) {
      library.close();
      throw error;
    }
  } catch (error) {
    if (error instanceof StartError) throw new InitError(`${file.path}: ${error.message}`);
    throw error;
  }
};

/**
 * Reads the description in a module's custom section, without running the module; undefined if the
 * section is not complete. @throws {InitError}
 */
export const describeWasm: DescribeModule = async (file, { memoryLimitBytes, machine }) =>
  compile(file, memoryLimitBytes, machine).checked.description;

/** @throws {InitError} for another version of the interface */
function checkVersion(path: string, version: number): void {
  if (version === INTERFACE_VERSION) return;
  throw new InitError(
    `${path} was compiled for version ${version} of the interface, and this is version ` +
      `${INTERFACE_VERSION}: compile it anew`,
  );
}
