/**
 * Runs an instance of a WebAssembly module behind the interface that shared objects have
 * (compiled/library.ts). The area of records lies in the module's own memory. Every call passes the
 * gate of time limits. A call that traps or is aborted ends the instance: its state may be broken.
 */

import { isRequestCommand } from '../compiled/commands.ts';
import { INITIAL_AREA_BYTES, type Library } from '../compiled/library.ts';
import { MessageError } from '../host/crossing/message.ts';
import { METHOD_FAILED } from '../host/guest.ts';
import { HostCallGuard, InterpreterGate } from '../host/limits/interpreter-gate.ts';
import { makeSharedWord, type WatchEngine } from '../host/limits/watchdog.ts';
import { type CompiledModule, type WasmMemory, wasm } from '../host/web-assembly.ts';
import { type ImportHost, ModuleExit, type ModuleOutput, makeImports } from './imports.ts';

/** The most bytes of one call's messages, whose decoded form takes several times as many. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/** The exports of a module (docs/wasm-abi.md). */
export interface Exports {
  readonly memory: WasmMemory;
  _initialize?(): void;
  glossa_abi_version(): number;
  glossa_area(byteCount: number): number;
  glossa_data(byteCount: number): number;
  glossa_enter(command: number, data: number): number;
  glossa_messages(): number;
}

/** Settings of an instance. */
export interface LibrarySettings {
  readonly volume: string;
  /** Milliseconds that a call may take; 0 for no limit. */
  readonly limitMs: number;
  readonly watchEngine: WatchEngine | null;
  readonly importHost: Omit<ImportHost, 'getMemory'>;
  /** Logs a failed call of a running module, and returns the reason in one line. */
  explainTrap(error: unknown, command: number | undefined): string;
}

/** An instance that has failed at its start. */
export class StartError extends Error {
  readonly code = 'GLOSSA_WASM_START';
}

/** A running instance. */
export class WasmLibrary implements Library {
  area!: Uint8Array;
  failure: string | undefined;
  /** The version of the interface for which the module was compiled. */
  readonly abiVersion: number;
  readonly #settings: LibrarySettings;
  readonly #gate: InterpreterGate;
  readonly #output: ModuleOutput;
  #exports!: Exports;
  /** The address and the bytes of the area. */
  #areaAddress = 0;
  #areaBytes = 0;
  /** The first double of the area: the number of doubles in the messages. */
  #messageCount!: Float64Array;
  #messagesAddress = 0;

  /** Makes an instance, and runs its start functions. @throws {StartError} */
  constructor(module: CompiledModule, settings: LibrarySettings) {
    this.#settings = settings;
    this.#gate = new InterpreterGate({
      word: makeSharedWord(),
      // The watchdog ends a call at twice the limit, after two warnings, which WebAssembly cannot see.
      limitMs: settings.limitMs / 2,
      isOnlyEnded: true,
      name: settings.volume,
      watchEngine: settings.watchEngine,
      onAborted: (reason) => {
        this.failure ??= reason;
      },
    });
    const guard = new HostCallGuard();
    guard.gate = this.#gate;
    const importHost: ImportHost = {
      ...settings.importHost,
      getMemory: () => this.#getMemory(),
    };
    const { imports, output } = makeImports(importHost, (call) => guard.wrap(call));
    this.#output = output;
    this.#gate.startTiming();
    try {
      this.#call(() => {
        const instance = new wasm.Instance(module, imports);
        this.#exports = instance.exports as Exports;
        this.#exports._initialize?.();
      });
      // Before the area: any call may grow the memory, and so detach earlier views of it.
      this.abiVersion = this.#call(() => this.#exports.glossa_abi_version());
      this.#placeArea(INITIAL_AREA_BYTES);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  get memoryBytes(): number {
    return this.#exports.memory.buffer.byteLength;
  }

  /** Returns the memory for an imported function. */
  #getMemory(): WasmMemory {
    if (this.#exports !== undefined) return this.#exports.memory;
    throw new ModuleExit(
      'its start function calls the host before its memory is exported: export the function as ' +
        '_initialize (asc: --exportStart _initialize)',
    );
  }

  growArea(byteCount: number): void {
    try {
      this.#placeArea(byteCount);
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      // The caller goes on writing the record, and its call fails.
      this.area = new Uint8Array(byteCount);
    }
  }

  /** Makes the module provide an area of this size. @throws {StartError} */
  #placeArea(byteCount: number): void {
    const address = this.#call(() => this.#exports.glossa_area(byteCount)) >>> 0;
    if (address === 0) this.failure = 'the module has no memory for the arguments';
    else if (address % 8 !== 0 || address + byteCount > this.memoryBytes)
      this.failure =
        'its glossa_area returned an address outside of its memory, or not aligned to 8';
    if (this.failure !== undefined) throw new StartError(this.failure);
    this.#areaAddress = address;
    this.#areaBytes = byteCount;
    this.#refreshArea();
  }

  /** Makes views of the area in the current memory: when that grows, its earlier buffer is detached. */
  #refreshArea(): void {
    const { buffer } = this.#exports.memory;
    this.area = new Uint8Array(buffer, this.#areaAddress, this.#areaBytes);
    this.#messageCount = new Float64Array(buffer, this.#areaAddress, 1);
  }

  enter(command: number, data: Uint8Array | null): number {
    if (this.failure !== undefined) return METHOD_FAILED;
    const gate = this.#gate;
    // A request may share the turn of others: its caller recovers when the watchdog aborts that.
    return gate.needsTurn(isRequestCommand(command))
      ? this.#enterInTurn(command, data)
      : this.#enterNow(command, data);
  }

  /** Separate, so that a call allocates the closure only when it needs a turn. */
  #enterInTurn(command: number, data: Uint8Array | null): number {
    try {
      return this.#gate.runInOwnTurn(
        () => this.#enterNow(command, data),
        () => new StartError(this.failure),
      );
    } catch (error) {
      // The aborted turn: `failure` is set, and its owner logs it.
      if (error instanceof StartError) return METHOD_FAILED;
      throw error;
    }
  }

  #enterNow(command: number, data: Uint8Array | null): number {
    const gate = this.#gate;
    const exports = this.#exports;
    gate.enterGuest();
    let code: number;
    try {
      const address = data === null ? 0 : this.#placeData(data);
      code = exports.glossa_enter(command, address);
      // The count is undefined if the memory has grown.
      if (this.#messageCount[0] !== 0) this.#findMessages();
    } catch (error) {
      code = METHOD_FAILED;
      this.failure = this.#settings.explainTrap(error, command);
      if (this.area.length === 0) this.#refreshArea();
    } finally {
      gate.leaveGuest();
    }
    if (this.#output.isPending) this.#output.flush();
    return code;
  }

  /** Takes the address of the last call's messages, if it has sent any. */
  #findMessages(): void {
    if (this.area.length === 0) this.#refreshArea();
    if (this.#messageCount[0] === 0) return;
    this.#messagesAddress = this.#exports.glossa_messages() >>> 0;
    if (this.area.length === 0) this.#refreshArea();
  }

  /** Copies data into the module's window for it; returns its address. */
  #placeData(data: Uint8Array): number {
    const exports = this.#exports;
    const address = exports.glossa_data(data.length) >>> 0;
    if (address === 0) throw new Error('the module has no memory for the data');
    const { buffer } = exports.memory;
    if (address + data.length > buffer.byteLength)
      throw new Error('its glossa_data returned an address outside of its memory');
    new Uint8Array(buffer, address, data.length).set(data);
    return address;
  }

  readMessages(doubleCount: number): Uint8Array {
    const address = this.#messagesAddress;
    const { buffer } = this.#exports.memory;
    const isCount = Number.isInteger(doubleCount) && doubleCount >= 0;
    if (!isCount || address % 8 !== 0 || address + 8 * doubleCount > buffer.byteLength)
      throw new MessageError('its messages are outside of its memory, or not aligned to 8');
    if (8 * doubleCount > MAX_MESSAGE_BYTES) {
      const mebibytes = Math.ceil(doubleCount / 2 ** 17);
      throw new MessageError(
        `the messages of one call have ${mebibytes} MiB, and may have ${MAX_MESSAGE_BYTES / 2 ** 20}`,
      );
    }
    return new Uint8Array(buffer, address, 8 * doubleCount);
  }

  /** Runs a call other than `glossa_enter` in a turn of its own. @throws {StartError} if it fails */
  #call<T>(action: () => T): T {
    if (this.failure !== undefined) throw new StartError(this.failure);
    const gate = this.#gate;
    const run = (): T => {
      gate.enterGuest();
      try {
        return action();
      } catch (error) {
        this.failure = this.#settings.explainTrap(error, undefined);
        throw new StartError(this.failure);
      } finally {
        gate.leaveGuest();
        if (this.#output.isPending) this.#output.flush();
      }
    };
    if (!gate.needsTurn(false)) return run();
    return gate.runInOwnTurn(run, () => new StartError(this.failure));
  }

  close(): void {
    this.#gate.close();
    this.failure ??= 'the module is unloaded';
  }
}
