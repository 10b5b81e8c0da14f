/**
 * Exports the library's entry points to the host: finds and describes a module's class, makes its
 * translator, and calls its hooks. Requests enter through entry.ts.
 */
import { FILES_LATER_ROW, FILES_ROW, findEntryRow } from '../../../runtime/core/file-methods.ts';
import { type FopRow, findFop, fops } from '../../../runtime/core/fops.ts';
import { Child, toCamelCase } from './child.ts';
import { Client, getClient } from './client.ts';
import { isPromise, latestUntracked, methodsByFop } from './context.ts';
import type { Data } from './data.ts';
import { convertData } from './data-filter.ts';
import {
  describeClass,
  type FopMethods,
  findMethods,
  findTranslatorClass,
  HOOK_METHODS,
  isAsync,
  refuseFields,
  type TranslatorClass,
} from './describe.ts';
import { compileEntryPoints, type EntryPoints } from './entry.ts';
import { callSeen } from './entry-seen.ts';
import { callLater, callNow, failByErrno, isFilesClass } from './files-class.ts';
import { type Cbk, defaults, FAILED, Frame, makeFramePrototype, NOTHING } from './frame.ts';
import { asyncDecision, execution, host, parse, stringify } from './host.ts';
import * as library from './index.ts';
import { contexts, Fd, Loc } from './inode.ts';
import { inspect } from './inspect.ts';
import { cancel as cancelRequest, interrupt as interruptRequest } from './method-results.ts';
import { explainError, findDefinition, logError } from './report.ts';
import { runDueTimers } from './timers.ts';
import { logUnawaitedErrors } from './unawaited-methods.ts';

export { handlePromise } from './method-results.ts';
export {
  beginNotes as noteBefore,
  endNotes as noteAfter,
  removeWrappers as noteStop,
} from './notes.ts';

import { moduleTranslator } from './module-translator.ts';
import { makeOptions, setInstanceProperties, type Translator } from './translator.ts';
import './install-guards.ts';
import './globals.ts';
import './missing-globals.ts';

export { explainError as explain };

/** The buffer in which async methods leave their decision; the engine reads it. */
export const outcomeBuffer = asyncDecision.buffer;

let translatorClass: TranslatorClass | undefined;
let moduleFile = '';
/** The module's exports. */
let moduleExports: Record<string, unknown> = {};

/** Finds the translator's class among a module's exports, and describes it as JSON. */
export function load(exports: Record<string, unknown>, path: string): string {
  translatorClass = findTranslatorClass(exports, path);
  moduleFile = path;
  moduleExports = exports;
  return describeClass(translatorClass, path);
}

/** The rejection of an async `init`; undefined unless it failed. */
let initFailure: { error: unknown } | undefined;

/** Makes the translator, and runs its `init`. */
export function create(name: string, childrenJson: string, options: string): void {
  const childSpecs = parse(childrenJson) as [string, string][];
  const children = childSpecs.map(([child, type], index) => new Child(index, child, type));
  setInstanceProperties({
    name,
    children: Object.freeze(children),
    options: makeOptions(parse(options) as object),
  });
  defaults.child = children[0] ?? null;
  Frame.prototype.cookie = defaults.child;
  const ModuleClass = translatorClass!;
  logUnawaitedErrors(ModuleClass);
  moduleTranslator.current = new ModuleClass();
  refuseFields(moduleTranslator.current, moduleFile);
  for (const row of [FILES_ROW, FILES_LATER_ROW, ...(isFilesClass(ModuleClass) ? [] : fops)]) {
    const { method, cbk } = findEntryMethods(row);
    methodsByFop.set(row.name, method ?? cbk);
  }
  const { init } = moduleTranslator.current as { init?: () => unknown };
  const result = init?.call(moduleTranslator.current);
  if (isPromise(result)) {
    result.catch((error) => {
      initFailure = { error };
    });
  }
}

/** Throws the rejection of an async `init`; later rejections are logged. */
export function checkInit(): void {
  if (initFailure !== undefined) throw initFailure.error;
}

/** Entry points by fop name; a fop's are compiled at its first request. */
const entryPointsByFop = new Map<string, EntryPoints>();

/** Calls a method of a module's filters. */
function callFilter(
  this: object,
  frame: Frame,
  method: string,
  gfid: string,
  text: string,
  a: number,
  b: number,
  handle: number,
  data: Data | null,
): void {
  try {
    if (method.startsWith('entry_')) callSeen.call(this, frame, method, gfid, text, a);
    else convertData.call(this as never, frame, method, gfid, a, b, handle, data);
  } catch (error) {
    failByErrno(frame, error);
  }
}

/** Finds what an entry point calls: the module's methods of a fop, or what calls its methods by path. */
function findEntryMethods(row: FopRow): FopMethods {
  const now = isFilesClass(translatorClass!) ? callNow : callFilter;
  const own = { [FILES_ROW.name]: now, [FILES_LATER_ROW.name]: callLater }[row.name];
  if (own === undefined) return findMethods(translatorClass!, row);
  return {
    method: own as FopMethods['method'],
    cbk: undefined,
    cancel: undefined,
    isForAnyFop: false,
  };
}

/** The name of the module's method that a frame of `FILES_ROW` is for, once its values are in the frame. */
function getMethodName(this: Frame): string {
  return toCamelCase(String(this._args?.[0] ?? this.fop.name));
}

function getEntryPoints(name: string): EntryPoints {
  let entryPoints = entryPointsByFop.get(name);
  if (entryPoints === undefined) {
    const row = findEntryRow(name);
    const { method, cbk } = findEntryMethods(row);
    const callback = cbk as Cbk | undefined;
    const frames = makeFramePrototype(row, callback);
    if (row === FILES_ROW || row === FILES_LATER_ROW)
      Object.defineProperty(frames, 'name', { get: getMethodName });
    const methods = { frames, method, isAsync: isAsync(method), cbk: callback };
    entryPoints = compileEntryPoints(row, moduleTranslator.current as Translator, methods);
    entryPointsByFop.set(name, entryPoints);
  }
  return entryPoints;
}

// The host calls the following functions by these names.
/** Returns a fop's entry point for requests; `reply_entry` returns the one for replies. */
export const entry = (name: string) => getEntryPoints(name).enter;
export const reply_entry = (name: string) => getEntryPoints(name).reply;

/**
 * Functions that find the module's method which an entry point calls, by the entry point's kind.
 */
const methodFinders: Readonly<Record<string, (name: string) => unknown>> = {
  entry: (name) => findEntryMethods(findEntryRow(name)).method,
  reply_entry(name) {
    const { method, cbk } = findMethods(translatorClass!, findFop(name)!);
    return cbk ?? method;
  },
};

/** Returns a method's source position as JSON; undefined if the module lacks the method. */
export function findMethod(kind: string, name: string): string | undefined {
  const method = methodFinders[kind]!(name);
  return typeof method === 'function' ? stringify(findDefinition(method)) : undefined;
}

// -- hooks ---------------------------------------------------------------------------------------

/** Calls a hook; the host does not wait for an async one. */
function callHook(name: string, ...args: unknown[]): number {
  execution.asyncFrame = execution.hostCallFrame = null;
  const method = (moduleTranslator.current as unknown as Record<string, unknown>)[name];
  try {
    const result = (method as (...args: unknown[]) => unknown).apply(
      moduleTranslator.current,
      args,
    );
    if (isPromise(result)) result.catch((error) => logError(error, `${name} failed`, method));
    // For hooks and notices, any code but FAILED means success.
    return NOTHING;
  } catch (error) {
    logError(error, `${name} failed`, method);
    return FAILED;
  }
}

/** A loc's inode, parent, name, gfid and parent's gfid. */
type LocArgs = [number, number, string | undefined, string | undefined, string];

export const fini = (): number => callHook('fini');
export const notify = (event: string, child: number): number =>
  callHook('notify', event, moduleTranslator.current!.children[child] ?? null);
export const client_disconnect = (id: number): number =>
  callHook('clientDisconnect', getClient(id));
export const entry_created = (...loc: LocArgs): number => callHook('entryCreated', new Loc(loc));
export const entry_removed = (...loc: LocArgs): number => callHook('entryRemoved', new Loc(loc));
export const load_state = (state: string): number => callHook('loadState', parse(state));

/** Sets changed options, and calls the module's `reconfigure` if it has one. */
export function reconfigure(options: string): number {
  const values = makeOptions(parse(options) as object);
  setInstanceProperties({
    name: moduleTranslator.current!.name,
    children: moduleTranslator.current!.children,
    options: values,
  });
  return typeof (moduleTranslator.current as { reconfigure?: unknown }).reconfigure === 'function'
    ? callHook('reconfigure', values)
    : NOTHING;
}

/** Calls a hook that returns state, and returns that as JSON; undefined if the hook failed. */
export function callStateHook(name: string): string | undefined {
  execution.asyncFrame = execution.hostCallFrame = null;
  const key = HOOK_METHODS[name]!;
  const method = (moduleTranslator.current as unknown as Record<string, unknown>)[key];
  try {
    const result = (method as () => unknown).call(moduleTranslator.current);
    if (isPromise(result)) throw new TypeError(`${key} cannot be async`);
    return stringify(result ?? null);
  } catch (error) {
    logError(error, `${key} failed`, method);
    return undefined;
  }
}

/** Runs due timers when the host's timer fires (`runDueTimers`). */
export function tick(resting: number, lastTickMs: number): number {
  execution.hostCallFrame = null;
  runDueTimers(resting === 1, lastTickMs);
  return NOTHING;
}

/** Ends a request that the host has answered. */
export function cancel(id: number): number {
  cancelRequest(id);
  return NOTHING;
}

/** Notifies the module that a request's caller is interrupted. */
export const interrupt = (id: number): number =>
  interruptRequest(id, ({ fop }) => findMethods(translatorClass!, fop).cancel);

/** Drops references, and allocates a cycle: the engine's collector runs at that allocation. */
export function collect(): number {
  execution.asyncFrame =
    execution.hostCallFrame =
    execution.latestReply =
    latestUntracked.promise =
      null;
  const cycle = { other: {} };
  cycle.other = cycle;
  return NOTHING;
}

/** Drops the module's notes on an inode that is forgotten. */
export function forget(id: number): number {
  contexts.delete(id);
  return NOTHING;
}

/** Drops an fd that is released. */
export function release(id: number): number {
  Fd.expire(id);
  return NOTHING;
}

/** Drops a client that is gone. */
export function forget_client(id: number): number {
  Client.forget(id);
  return NOTHING;
}

// -- the prompt ----------------------------------------------------------------------------------

/** Matches the position of a syntax error in the input. */
const INPUT_POSITION = /<input>:(\d+):(\d+)/;

/** Returns whether a source is incomplete: the parser reached its end, or a template is open. */
function isIncomplete(error: unknown, source: string): boolean {
  if (!(error instanceof SyntaxError)) return false;
  if (/end of string/.test(error.message)) return source.split('`').length % 2 === 0;
  const [, line, column] = INPUT_POSITION.exec(error.stack ?? '') ?? [];
  const lines = source.trimEnd().split('\n');
  return Number(line) >= lines.length && Number(column) > lines.at(-1)!.length;
}

/** Defines the prompt's names: the translator, the module's exports, the library's. */
export function openPrompt(): void {
  const { default: _, ...exported } = moduleExports;
  for (const [name, value] of Object.entries({
    ...library,
    ...exported,
    self: moduleTranslator.current,
  })) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
  }
}

/** Formats an error for the prompt, with the module's own lines. */
const formatError = (error: unknown): string => {
  const { text, stack } = parse(explainError(error)) as { text: string; stack: string };
  return stack === '' ? text : `${text}\n${stack}`;
};

/** Reports the result of a prompt's line; 'incomplete' if it continues. */
export function show(
  id: number,
  failed: number,
  result: unknown,
  source: string,
): string | undefined {
  const { evaluated } = host;
  if (failed !== 0) {
    if (isIncomplete(result, source)) return 'incomplete';
    evaluated(id, 1, formatError(result));
    return undefined;
  }
  (result as Promise<{ value: unknown }>).then(
    ({ value }) => evaluated(id, 0, value === undefined ? '' : formatResult(value)),
    (error) => evaluated(id, 1, formatError(error)),
  );
  return undefined;
}

const formatResult = (value: unknown): string =>
  typeof value === 'string' ? stringify(value) : inspect(value);
