/**
 * What an observer is told of a call: its method; the line that it wound, answered or awaits from; the
 * frame's `local`; and what it has changed of the translator's own state.
 *
 * The host calls `before` and `after` around a call that is observed. The first time puts functions
 * that look at the caller around those that decide; `stop` takes them off again, so that nothing of
 * this is there while nobody looks on.
 */
import type { FopRow } from '../../../runtime/core/fops.ts';
import { findFop } from '../../../runtime/core/fops.ts';
import { Child } from './child.ts';
import { methods } from './context.ts';
import { HOOKS, isAsync } from './describe.ts';
import { Frame, framePrototypes } from './frame.ts';
import { now, stringify } from './host.ts';
import { callPlace } from './report.ts';
import { find } from './requests.ts';
import { self } from './self.ts';
import { cut, held, shown } from './shown.ts';
import { changes, remember, type State } from './state.ts';
import { Translator } from './translator.ts';

/** Of `local`. */
const MOST_CHARACTERS = 200;
const MOST_CHANGED = 1000;

interface Call {
  readonly id: number;
  readonly row: FopRow | undefined;
  /** Whether the request had been there before: it is a reply that enters. */
  readonly isReply: boolean;
  frame: Frame | undefined;
  method: string | undefined;
  line: string | undefined;
  readonly state: State;
}

let call: Call | null = null;

/** A call for a request comes next: its fop, by name, a reply to what it wound, or a hook. */
export function before(id: number, what: string): void {
  install();
  const frame = find(id);
  const row = frame?.fop ?? findFop(what);
  const state = remember(self.translator!);
  const isReply = frame !== undefined;
  call = { id, row, isReply, frame, method: HOOKS[what], line: undefined, state };
}

/** What that call did, as JSON: texts by name. */
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

/** The method of a call that decided nothing in one; undefined where it may be one of several. */
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

// -- what is seen while it runs --------------------------------------------------------------------

type Method = (this: unknown, ...args: unknown[]) => unknown;
type Owner = Record<string, Method>;

/** What was put around others: taken off again in the order in which it came. */
let around: { owner: Owner; name: string; original: Method; observed: Method }[] = [];
/** How many of the fops' frames are seen. */
let seen = 0;
const { apply } = Reflect;

/** Lets a method say for which frame it decides before it runs. */
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
  // Those of a fop are made when it is entered first.
  for (; seen < framePrototypes.length; seen += 1) {
    const frames = framePrototypes[seen]!;
    for (const name of ['wind', 'unwind']) {
      if (Object.hasOwn(frames, name)) wrap(frames, name, itself);
    }
    wrap(Child.prototype, frames.fop.name, current);
  }
}

/** Nobody looks on any more. */
export function stop(): void {
  for (const { owner, name, original, observed } of around.reverse()) {
    if (owner[name] === observed) owner[name] = original;
  }
  around = [];
  seen = 0;
  call = null;
}

/** The innermost function of the module says where it decides, the outermost is the method. */
function decides(of: Call, frame: Frame | null): void {
  if (frame?.id !== of.id) return;
  of.frame = frame;
  const place = callPlace();
  // Otherwise an async method has returned.
  if (place !== undefined) [of.line, of.method] = [place.line, place.method];
}
