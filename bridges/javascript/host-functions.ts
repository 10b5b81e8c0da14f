/** Installs host functions in an interpreter, and runs their calls. */
import type { HostFunctions as Functions, HostFunction } from '../host/crossing/kinds.ts';
import type { Values } from './values.ts';
import type { Pointer, QuickJS } from './wasm.ts';

/** The global that holds the host functions until the library deletes it. */
const HOST_GLOBAL = '__host';

/** The host functions of one interpreter; QuickJS knows each by its index. */
export class HostFunctions {
  readonly #quickjs: QuickJS;
  readonly #values: Values;
  readonly #functions: readonly HostFunction[];
  /** The library's function that throws an Error with a given text. */
  readonly #throwError: Pointer;

  /**
   * @param helpers values of the interpreter: an empty object, to which this class adds the host
   *   functions and whose reference it takes over; and a function that throws an Error
   */
  constructor(
    quickjs: QuickJS,
    values: Values,
    functions: Functions,
    helpers: { readonly object: Pointer; readonly fail: Pointer },
  ) {
    this.#quickjs = quickjs;
    this.#values = values;
    this.#functions = Object.values(functions);
    this.#throwError = helpers.fail;
    const { context } = values;
    Object.entries(functions).forEach(([name, { params }], id) => {
      const functionValue = quickjs.QTS_NewFunction(context, name, params.length, false, id);
      this.#setProperty(helpers.object, name, functionValue);
    });
    const global = quickjs.QTS_GetGlobalObject(context);
    this.#setProperty(global, HOST_GLOBAL, helpers.object);
    quickjs.QTS_FreeValuePointer(context, global);
  }

  /** Sets a property, and takes over the value's reference. */
  #setProperty(object: Pointer, name: string, value: Pointer): void {
    const { context } = this.#values;
    const key = this.#values.makeString(name);
    this.#quickjs.QTS_SetProp(context, object, key, value);
    this.#quickjs.QTS_FreeValuePointer(context, key);
    this.#quickjs.QTS_FreeValuePointer(context, value);
    this.#values.refresh();
  }

  /**
   * Runs host function `id` with `count` arguments at the address `args`; returns its result's
   * address.
   */
  run(id: number, count: number, args: Pointer): Pointer {
    try {
      this.#values.refresh();
      const { params, call } = this.#functions[id]!;
      const values: unknown[] = [];
      for (let i = 0; i < params.length; i++) {
        values.push(i < count ? this.#readArgument(params[i]!, args + i * 8) : undefined);
      }
      return this.#makeResult(call(...(values as never[])) as number | string | undefined);
    } catch (error) {
      return this.throwInto(error);
    }
  }

  #readArgument(kind: string, value: Pointer): unknown {
    if (kind === 'i') return this.#values.readNumber(value);
    return kind === 's' ? this.#values.readString(value) : this.#readBuffer(value);
  }

  /** Returns the bytes of an ArrayBuffer, valid until the memory grows. */
  #readBuffer(value: Pointer): Uint8Array {
    const { address: at, length } = this.#values.readBuffer(value);
    // Not a Buffer, whose slices are not copies.
    return new Uint8Array(this.#values.bytes.buffer, at, length);
  }

  /** Makes a host function's result in the interpreter; returns its address, 0 for undefined. */
  #makeResult(value: number | string | undefined): Pointer {
    if (value === undefined) return 0;
    if (typeof value === 'string') return this.#values.makeString(value);
    const cell = this.#quickjs._malloc(8);
    this.#values.refresh();
    if (cell !== 0) this.#values.putNumber(cell >> 2, value);
    return cell;
  }

  /**
   * Leaves an error pending in the interpreter; returns QuickJS's mark of an exception as a result.
   */
  throwInto(error: unknown): Pointer {
    const value = this.#values.makeString(error instanceof Error ? error.message : String(error));
    const result = this.#values.call(this.#throwError, value);
    this.#quickjs.QTS_FreeValuePointer(this.#values.context, value);
    return result;
  }
}
