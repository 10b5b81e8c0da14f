/**
 * The life of a module, as the host directs it: finds and describes its class, makes its
 * translator, calls its hooks. Requests enter through entry.ts.
 */
import { findFop, fops } from '../../../runtime/core/fops.ts';
import { Child } from './child.ts';
import { Client, client } from './client.ts';
import { fresh, isPromise, methods } from './context.ts';
import {
  answersOf,
  describe,
  findClass,
  HOOKS,
  isAsync,
  refuseFields,
  type TranslatorClass,
} from './describe.ts';
import { compileEntries, type Entries } from './entry.ts';
import { below, type Cbk, FAILED, Frame, framePrototype, NOTHING } from './frame.ts';
import { host, now, outcome, parse, stringify } from './host.ts';
import * as library from './index.ts';
import { contexts, Fd, Loc } from './inode.ts';
import { inspect } from './inspect.ts';
import { tick as ringTimers } from './loop.ts';
import { explain, placeOf, report } from './report.ts';
import { cancel as cancelRequest, interrupt as interruptRequest } from './requests.ts';
import { logUnawaitedErrors } from './unawaited-methods.ts';

export { after as noteAfter, before as noteBefore, stop as noteStop } from './notes.ts';
export { ended } from './requests.ts';

import { self } from './own-translator.ts';
import { endow, givenOptions, type Translator } from './translator.ts';
import './install-guards.ts';
import './web.ts';
import './missing-globals.ts';

export { explain };

/** The array in which async methods leave their decision. */
export const outcomeBuffer = outcome.buffer;

let found: TranslatorClass | undefined;
let file = '';
/** The module's exports. */
let names: Record<string, unknown> = {};

/** Finds the translator among a module's exports, and describes it. */
export function load(exports: Record<string, unknown>, path: string): string {
  found = findClass(exports, path);
  file = path;
  names = exports;
  return describe(found, path);
}

/** The rejection of an async `init`. */
let refusal: { error: unknown } | undefined;

/** Makes the translator, and runs its `init`. */
export function create(name: string, children: string, options: string): void {
  const about = parse(children) as [string, string][];
  const made = about.map(([child, type], index) => new Child(index, child, type));
  endow({ name, children: Object.freeze(made), options: givenOptions(parse(options) as object) });
  below.child = made[0] ?? null;
  Frame.prototype.cookie = below.child;
  const Made = found!;
  logUnawaitedErrors(Made);
  self.translator = new Made();
  refuseFields(self.translator, file);
  for (const row of fops) {
    const { method, cbk } = answersOf(Made, row);
    methods.set(row.name, method ?? cbk);
  }
  const { init } = self.translator as { init?: () => unknown };
  const result = init?.call(self.translator);
  if (isPromise(result)) {
    result.catch((error) => {
      refusal = { error };
    });
  }
}

/** Throws the rejection of an async `init`; later rejections are logged. */
export function checkInit(): void {
  if (refusal !== undefined) throw refusal.error;
}

const compiled = new Map<string, Entries>();

function entriesOf(name: string): Entries {
  let known = compiled.get(name);
  if (known === undefined) {
    const row = findFop(name)!;
    const { method, cbk } = answersOf(found!, row);
    const seen = cbk as Cbk | undefined;
    const frames = framePrototype(row, seen);
    const methods = { frames, method, isAsync: isAsync(method), cbk: seen };
    known = compileEntries(row, self.translator as Translator, methods);
    compiled.set(name, known);
  }
  return known;
}

/** Entry points for a fop's requests and replies, by the fop's name. */
export const entry = (name: string) => entriesOf(name).enter;
export const reply_entry = (name: string) => entriesOf(name).reply;

/** The same, for the host's general calls. */
const entered: Readonly<Record<string, (name: string) => unknown>> = {
  entry: (name) => answersOf(found!, findFop(name)!).method,
  reply_entry(name) {
    const { method, cbk } = answersOf(found!, findFop(name)!);
    return cbk ?? method;
  },
};

/** The source place of a method, as JSON; undefined for any other. */
export function place(what: string, name: string): string | undefined {
  const method = entered[what]!(name);
  return typeof method === 'function' ? stringify(placeOf(method)) : undefined;
}

// -- hooks ---------------------------------------------------------------------------------------

/** Calls a hook; an async one continues by itself. */
function hook(name: string, ...args: unknown[]): number {
  now.current = now.running = null;
  const method = (self.translator as unknown as Record<string, unknown>)[name];
  try {
    const result = (method as (...args: unknown[]) => unknown).apply(self.translator, args);
    if (isPromise(result)) result.catch((error) => report(error, `${name} failed`, method));
    return NOTHING;
  } catch (error) {
    report(error, `${name} failed`, method);
    return FAILED;
  }
}

type LocArgs = [number, number, string | undefined, string | undefined, string];

export const fini = (): number => hook('fini');
export const notify = (event: string, child: number): number =>
  hook('notify', event, self.translator!.children[child] ?? null);
export const client_disconnect = (id: number): number => hook('clientDisconnect', client(id));
export const entry_created = (...loc: LocArgs): number => hook('entryCreated', new Loc(loc));
export const entry_removed = (...loc: LocArgs): number => hook('entryRemoved', new Loc(loc));
export const load_state = (state: string): number => hook('loadState', parse(state));

export function reconfigure(options: string): number {
  const values = givenOptions(parse(options) as object);
  endow({ name: self.translator!.name, children: self.translator!.children, options: values });
  return typeof (self.translator as { reconfigure?: unknown }).reconfigure === 'function'
    ? hook('reconfigure', values)
    : NOTHING;
}

/** Calls a hook that returns state, as JSON; undefined when it failed. */
export function tell(name: string): string | undefined {
  now.current = now.running = null;
  const key = HOOKS[name]!;
  const method = (self.translator as unknown as Record<string, unknown>)[key];
  try {
    const result = (method as () => unknown).call(self.translator);
    if (isPromise(result)) throw new TypeError(`${key} cannot be async`);
    return stringify(result ?? null);
  } catch (error) {
    report(error, `${key} failed`, method);
    return undefined;
  }
}

/** The host's timer is due. */
export function tick(): number {
  now.running = null;
  ringTimers();
  return NOTHING;
}

export function cancel(id: number): number {
  cancelRequest(id);
  return NOTHING;
}

export const interrupt = (id: number): number =>
  interruptRequest(id, ({ fop }) => answersOf(found!, fop).cancel);

/** Makes garbage, so that the engine's cycle collector runs. */
export function collect(): number {
  now.current = now.running = now.reply = fresh.promise = null;
  const one = { other: {} };
  one.other = one;
  return NOTHING;
}

export function forget(id: number): number {
  contexts.delete(id);
  return NOTHING;
}

export function release(id: number): number {
  Fd.released(id);
  return NOTHING;
}

export function forget_client(id: number): number {
  Client.forget(id);
  return NOTHING;
}

// -- the prompt ----------------------------------------------------------------------------------

/** The position of a syntax error in the input. */
const AT_INPUT = /<input>:(\d+):(\d+)/;

/** True if a source is incomplete: the parser reached its end, or a template is open. */
function isIncomplete(error: unknown, source: string): boolean {
  if (!(error instanceof SyntaxError)) return false;
  if (/end of string/.test(error.message)) return source.split('`').length % 2 === 0;
  const [, line, column] = AT_INPUT.exec(error.stack ?? '') ?? [];
  const lines = source.trimEnd().split('\n');
  return Number(line) >= lines.length && Number(column) > lines.at(-1)!.length;
}

/** Defines the prompt's names: the translator, the module's exports, the library's. */
export function openPrompt(): void {
  const { default: _, ...exported } = names;
  for (const [name, value] of Object.entries({ ...library, ...exported, self: self.translator })) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
  }
}

interface Prompt {
  evaluated(id: number, failed: number, text: string): void;
}

/** An error as the prompt shows it: with the module's own lines. */
const shown = (error: unknown): string => {
  const { text, stack } = parse(explain(error)) as { text: string; stack: string };
  return stack === '' ? text : `${text}\n${stack}`;
};

/** Reports the result of a prompt's line; 'incomplete' if it continues. */
export function show(
  id: number,
  failed: number,
  result: unknown,
  source: string,
): string | undefined {
  const { evaluated } = host as unknown as Prompt;
  if (failed !== 0) {
    if (isIncomplete(result, source)) return 'incomplete';
    evaluated(id, 1, shown(result));
    return undefined;
  }
  (result as Promise<{ value: unknown }>).then(
    ({ value }) => evaluated(id, 0, value === undefined ? '' : quoted(value)),
    (error) => evaluated(id, 1, shown(error)),
  );
  return undefined;
}

const quoted = (value: unknown): string =>
  typeof value === 'string' ? stringify(value) : inspect(value);
