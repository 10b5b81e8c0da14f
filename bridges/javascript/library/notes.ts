/**
 * Records a call for an observer: its method; the line of its last *decision* (a wind, unwind, fail
 * or sleep); the frame's `local`; and changes of the translator's state. The host calls `beginNotes`
 * and `endNotes` around an observed call. The first one wraps the methods that decide;
 * `removeWrappers` unwraps them when the observer is gone.
 */
import type { FopRow } from '../../../runtime/core/fops.ts';
import { findFop } from '../../../runtime/core/fops.ts';
import { cutText, formatValue, readProperty } from './bounded-text.ts';
import { Child } from './child.ts';
import { methodsByFop } from './context.ts';
import { HOOK_METHODS, isAsync } from './describe.ts';
import { Frame, framePrototypes } from './frame.ts';
import { execution, stringify } from './host.ts';
import { findFrame } from './method-results.ts';
import { moduleTranslator } from './module-translator.ts';
import { findCallSite } from './report.ts';
import { describeChanges, type State, sampleState } from './state-changes.ts';
import { Translator } from './translator.ts';

/** The most characters of the frame's `local` in the notes. */
const MAX_LOCAL_CHARACTERS = 200;
/** The most characters of the state's changes in the notes. */
const MAX_CHANGE_CHARACTERS = 1000;

/** The call under way, and what is noted of it. */
interface NotedCall {
  readonly id: number;
  /** Undefined for a hook. */
  readonly row: FopRow | undefined;
  /** True if the call handles the reply to a request of this module. */
  readonly isReply: boolean;
  /** The frame of the last decision; undefined if none was made yet. */
  frame: Frame | undefined;
  /** The name of the method that decided; for a hook, of its method. */
  method: string | undefined;
  /** `FILE:LINE` of the last decision. */
  line: string | undefined;
  /** The translator's state before the call. */
  readonly stateBefore: State;
}

let currentCall: NotedCall | null = null;

/** Begins the notes of a call: a fop by name, its reply, or a hook. */
export function beginNotes(id: number, name: string): void {
  installWrappers();
  const frame = findFrame(id);
  const row = frame?.fop ?? findFop(name);
  const stateBefore = sampleState(moduleTranslator.current!);
  const isReply = frame !== undefined;
  currentCall = {
    id,
    row,
    isReply,
    frame,
    method: HOOK_METHODS[name],
    line: undefined,
    stateBefore,
  };
}

/** Ends the notes of the call; returns them as JSON of texts by name. */
export function endNotes(): string {
  const notedCall = currentCall!;
  currentCall = null;
  const frame = notedCall.frame ?? findFrame(notedCall.id);
  const local = frame === undefined ? undefined : readProperty(frame, 'local');
  const changed = describeChanges(moduleTranslator.current!, notedCall.stateBefore).join('; ');
  return stringify({
    method: notedCall.method ?? guessMethod(notedCall, frame),
    line: notedCall.line,
    local:
      local === undefined || local === null
        ? undefined
        : cutText(formatValue(local), MAX_LOCAL_CHARACTERS),
    changed: changed === '' ? undefined : cutText(changed, MAX_CHANGE_CHARACTERS),
  });
}

/** Guesses the method of a call without a decision; undefined if two are possible. */
function guessMethod({ row, isReply }: NotedCall, frame: Frame | undefined): string | undefined {
  if (row === undefined) return undefined;
  const method = methodsByFop.get(row.name);
  if (!isReply || isAsync(method)) return readFunctionName(method);
  return frame === undefined || frame._waiters !== null ? undefined : readFunctionName(frame._cbk);
}

function readFunctionName(method: unknown): string | undefined {
  const name = typeof method === 'function' ? readProperty(method, 'name') : undefined;
  return typeof name === 'string' ? name : undefined;
}

// -- wrappers -------------------------------------------------------------------------------------

type Method = (this: unknown, ...args: unknown[]) => unknown;
/** A prototype whose methods are wrapped. */
type MethodOwner = Record<string, Method>;

/** Installed wrappers, removed in reverse order. */
let wrappers: { owner: MethodOwner; name: string; original: Method; wrapper: Method }[] = [];
/** The number of wrapped frame prototypes. */
let wrappedPrototypeCount = 0;
const { apply, defineProperty } = Reflect;

/** Wraps a method so that it reports the frame it decides for. */
function wrap(owner: object, name: string, getFrame: (self: unknown) => unknown): void {
  const target = owner as MethodOwner;
  const original = target[name]!;
  if (wrappers.some(({ wrapper }) => wrapper === original)) return;
  const wrapper: Method = function (...args) {
    if (currentCall !== null) recordDecision(currentCall, getFrame(this) as Frame | null);
    return apply(original, this, args);
  };
  // Modules that read the method's `name` get this one, as in Python.
  defineProperty(wrapper, 'name', { value: 'observed' });
  target[name] = wrapper;
  wrappers.push({ owner: target, name, original, wrapper });
}

/** Returns the frame on which a wrapped method of a frame is called. */
const getOwnFrame = (frame: unknown): unknown => frame;
const getAsyncFrame = (): unknown => execution.asyncFrame;

/** Wraps the methods that decide, and those of frame prototypes that are new since the last call. */
function installWrappers(): void {
  if (wrappers.length === 0) {
    for (const name of ['fail', 'windTo', 'unwindFor']) wrap(Frame.prototype, name, getOwnFrame);
    wrap(Translator.prototype, 'sleep', getAsyncFrame);
  }
  // A fop's prototype is made at its first request.
  for (; wrappedPrototypeCount < framePrototypes.length; wrappedPrototypeCount += 1) {
    const prototype = framePrototypes[wrappedPrototypeCount]!;
    for (const name of ['wind', 'unwind']) {
      if (Object.hasOwn(prototype, name)) wrap(prototype, name, getOwnFrame);
    }
    wrap(Child.prototype, prototype.fop.name, getAsyncFrame);
  }
}

/** Removes the wrappers when the observer is gone. */
export function removeWrappers(): void {
  for (const { owner, name, original, wrapper } of wrappers.reverse()) {
    if (owner[name] === wrapper) owner[name] = original;
  }
  wrappers = [];
  wrappedPrototypeCount = 0;
  currentCall = null;
}

/** Records the decision's line (innermost function) and method (outermost). */
function recordDecision(notedCall: NotedCall, frame: Frame | null): void {
  if (frame?.id !== notedCall.id) return;
  notedCall.frame = frame;
  const site = findCallSite();
  // There is no call site if an async method decides by returning: the earlier values stay.
  if (site !== undefined) [notedCall.line, notedCall.method] = [site.line, site.method];
}
