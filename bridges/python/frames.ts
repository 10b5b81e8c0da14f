/**
 * Python's functions in a CPU profile of this process: PEP 523 lets every frame be evaluated by a
 * function of ours, which goes through one of V8's that has the name, the file and the line of the
 * frame's code. Frames of generators and coroutines pass through it too, whenever they go on.
 *
 * It makes calls between Python functions slower, and recursion end sooner. The functions are made in
 * the realm, as text that asks it for nothing: a script finds no object of the host through them.
 */
import type { CApi, Ptr } from './capi.ts';
import { EngineError } from './errors.ts';
import type { Interpreter } from './load.ts';
import type { HostEntry } from './realm.ts';
import type { Values } from './values.ts';

/** What is used here alone. */
interface FrameApi {
  _PyEval_EvalFrameDefault: HostEntry;
  _PyInterpreterState_SetEvalFrameFunc(interpreter: Ptr, evaluate: number): void;
  PyInterpreterState_Get(): Ptr;
  PyUnstable_InterpreterFrame_GetCode(frame: Ptr): Ptr;
  PyErr_SetRaisedException(error: Ptr): void;
}

const FUNCTIONS = [
  '_PyEval_EvalFrameDefault',
  '_PyInterpreterState_SetEvalFrameFunc',
  'PyInterpreterState_Get',
  'PyUnstable_InterpreterFrame_GetCode',
  'PyErr_SetRaisedException',
] as const satisfies readonly (keyof FrameApi)[];

/**
 * Realm-side code: evaluates a frame. Code that has a name is never let go of, so that its address
 * stays its own; what the watchdog throws passes through.
 */
const EVALUATE = `(function (enclose, codeOf, release, run) {
  'use strict';
  const known = { __proto__: null };
  const find = (code) => {
    try { return enclose(code); } catch { return undefined; }
  };
  return function evaluate(thread, frame, throwing) {
    const code = codeOf(frame);
    let enter = known[code];
    if (enter === undefined) {
      enter = find(code);
      if (enter !== undefined) {
        known[code] = enter;
        return enter(thread, frame, throwing);
      }
      enter = run;
    }
    release(code);
    return enter(thread, frame, throwing);
  };
})`;

/** A script that makes functions without end does not fill the process with their names. */
const MOST = 4096;

/** From now on, frames are seen by V8's profiler. */
export function showFrames({ realm, exports, addCall }: Interpreter, api: CApi, values: Values) {
  const missing = FUNCTIONS.find((name) => typeof exports[name] !== 'function');
  if (missing !== undefined) throw new EngineError('setup', `this Pyodide has no ${missing}`);
  const python = exports as unknown as FrameApi;
  const run = python._PyEval_EvalFrameDefault;

  const take = <V>(code: Ptr, attribute: string, read: (object: Ptr) => V): V | undefined => {
    const name = values.makeString(attribute);
    const object = name === 0 ? 0 : api.PyObject_GetAttr(code, name);
    if (name !== 0) api.Py_DecRef(name);
    if (object === 0) {
      api.PyErr_Clear();
      return undefined;
    }
    const value = read(object);
    api.Py_DecRef(object);
    return value;
  };
  let left = MOST;
  const enclose = (code: Ptr): HostEntry | undefined => {
    if (left === 0) return undefined;
    left -= 1;
    // A generator is gone on with while an exception is pending, which reading would lose.
    const pending = api.PyErr_GetRaisedException();
    const func = take(code, 'co_name', (object) => values.readString(object));
    const file = take(code, 'co_filename', (object) => values.readString(object));
    const line = take(code, 'co_firstlineno', (object) => values.readInt(object));
    if (pending !== 0) python.PyErr_SetRaisedException(pending);
    if (func === undefined || file === undefined || line === undefined) return undefined;
    return realm.frameAround(run, { func, file, line });
  };
  const make = realm.evaluate(EVALUATE, 'glossa:frames') as (
    enclose: (code: Ptr) => HostEntry | undefined,
    codeOf: (frame: Ptr) => Ptr,
    release: (object: Ptr) => void,
    run: HostEntry,
  ) => HostEntry;
  const evaluate = make(enclose, python.PyUnstable_InterpreterFrame_GetCode, api.Py_DecRef, run);
  python._PyInterpreterState_SetEvalFrameFunc(python.PyInterpreterState_Get(), addCall(evaluate));
}
