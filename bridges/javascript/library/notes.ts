/**
 * Notes of a call for an observer: its method; the line that wound, answered or awaits; the frame's
 * `local`; and changes of the translator's state. The host calls `before` and `after` around an
 * observed call. The first call wraps the functions that decide; `stop` unwraps them when the
 * observer is gone.
 */
import type { FopRow } from '../../../runtime/core/fops.ts';
import { findFop } from '../../../runtime/core/fops.ts';
import { cut, held, shown } from './bounded-text.ts';
import { Child } from './child.ts';
import { methods } from './context.ts';
import { HOOKS, isAsync } from './describe.ts';
import { Frame, framePrototypes } from './frame.ts';
import { now, stringify } from './host.ts';
import { self } from './own-translator.ts';
import { callPlace } from './report.ts';
import { find } from './requests.ts';
import { changes, remember, type State } from './state.ts';
import { Translator } from './translator.ts';

/** Characters of `local` at most. */
const MOST_CHARACTERS = 200;
const MOST_CHANGED = 1000;

interface Call {
  readonly id: number;
  readonly row: FopRow | undefined;
  /** True if a known request enters again, with a reply. */
  readonly isReply: boolean;
  frame: Frame | undefined;
  method: string | undefined;
  line: string | undefined;
  readonly state: State;
}

let call: Call | null = null;

/** Begins the notes of a call: a fop by name, its reply, or a hook. */
export function before(id: number, what: string): void {
  install();
  const frame = find(id);
  const row = frame?.fop ?? findFop(what);
  const state = remember(self.translator!);
  const isReply = frame !== undefined;
  call = { id, row, isReply, frame, method: HOOKS[what], line: undefined, state };
}

/** Ends the notes of the call; returns them as JSON of texts by name. */
export function after(): string {
  const seen = call!;
  call = null;
  const frame = seen.frame ?? find(seen.id);
  const local = frame === undefined ? undefined : held(frame, 'local');
  const changed = changes(self.translator!, seen.state).join('; ');
  return stringify({
    method: seen.method ?? methodOf(seen, frame),
    line: seen.line,
    local: local === undefined || local === null ? undefined : cut(shown(local), MOST_CHARACTERS),
    changed: changed === '' ? undefined : cut(changed, MOST_CHANGED),
  });
}

/** The method of a call without a decision; undefined if ambiguous. */
function methodOf({ row, isReply }: Call, frame: Frame | undefined): string | undefined {
  if (row === undefined) return undefined;
  const method = methods.get(row.name);
  if (!isReply || isAsync(method)) return nameOf(method);
  return frame === undefined || frame._waiters !== null ? undefined : nameOf(frame._cbk);
}

function nameOf(method: unknown): string | undefined {
  const name = typeof method === 'function' ? held(method, 'name') : undefined;
  return typeof name === 'string' ? name : undefined;
}

// -- wrappers -------------------------------------------------------------------------------------

type Method = (this: unknown, ...args: unknown[]) => unknown;
type Owner = Record<string, Method>;

/** Installed wrappers, removed in order. */
let around: { owner: Owner; name: string; original: Method; observed: Method }[] = [];
/** The number of wrapped frame prototypes. */
let seen = 0;
const { apply } = Reflect;

/** Wraps a method so that it reports the frame it decides for. */
function wrap(owner: object, name: string, frameOf: (self: unknown) => unknown): void {
  const all = owner as Owner;
  const original = all[name]!;
  if (around.some(({ observed }) => observed === original)) return;
  const observed: Method = function (...args) {
    if (call !== null) decides(call, frameOf(this) as Frame | null);
    return apply(original, this, args);
  };
  all[name] = observed;
  around.push({ owner: all, name, original, observed });
}

const itself = (frame: unknown): unknown => frame;
const current = (): unknown => now.current;

function install(): void {
  if (around.length === 0) {
    for (const name of ['fail', 'windTo', 'unwindFor']) wrap(Frame.prototype, name, itself);
    wrap(Translator.prototype, 'sleep', current);
  }
  // A fop's prototype is made at its first request.
  for (; seen < framePrototypes.length; seen += 1) {
    const frames = framePrototypes[seen]!;
    for (const name of ['wind', 'unwind']) {
      if (Object.hasOwn(frames, name)) wrap(frames, name, itself);
    }
    wrap(Child.prototype, frames.fop.name, current);
  }
}

/** Removes the wrappers when the observer is gone. */
export function stop(): void {
  for (const { owner, name, original, observed } of around.reverse()) {
    if (owner[name] === observed) owner[name] = original;
  }
  around = [];
  seen = 0;
  call = null;
}

/** Notes the decision's line (innermost function) and method (outermost). */
function decides(of: Call, frame: Frame | null): void {
  if (frame?.id !== of.id) return;
  of.frame = frame;
  const place = callPlace();
  // Without a place, an async method has returned.
  if (place !== undefined) [of.line, of.method] = [place.line, place.method];
}
