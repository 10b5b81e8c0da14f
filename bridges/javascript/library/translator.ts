/** The base class of every translator. */
import type { Child } from './child.ts';
import { guard } from './guard.ts';
import { host } from './host.ts';
import { type Invalidation, invalidate } from './invalidate.ts';
import { type Log, log } from './log.ts';
import { addTimer, cancelTimer, sleep } from './loop.ts';
import type { OptionSpec } from './option.ts';

export interface Timer {
  cancel(): void;
}

export class Translator {
  /** What the volfile may set: of the class. The instance's `options` are the values. */
  static options: Readonly<Record<string, OptionSpec>> = {};
  /** Says that readv and writev only look on: see data-guard.ts of the host. */
  static observes = false;
  /** Whether fops that it does not define go to the first of several children. */
  static passesThrough: boolean | undefined = undefined;
  declare readonly name: string;
  declare readonly type: string;
  declare readonly children: readonly Child[];
  declare readonly child: Child | null;
  declare options: Readonly<Record<string, unknown>>;
  declare readonly log: Log;

  /** Takes back what the kernel, and caches above, were told they may cache. */
  invalidate(what?: unknown, second?: unknown, how?: Invalidation): void {
    invalidate(what, second, how);
  }

  /** From now on the module says whether its volume is up. */
  sayUp(up: unknown = true): void {
    if (typeof up !== 'boolean') throw new TypeError('sayUp takes true or false');
    host.up(up ? 1 : 0);
  }

  /** Calls `fn` in so many seconds; again and again with `repeat`. */
  timer(seconds: number, fn: () => unknown, { repeat = false } = {}): Timer {
    const id = addTimer(seconds * 1000, () => fn.call(this), repeat);
    return { cancel: () => void cancelTimer(id) };
  }

  /** Lets so many seconds pass. Rejects with Cancelled when the caller gives up meanwhile. */
  sleep(seconds: number): Promise<void> {
    return sleep(seconds * 1000);
  }
}

/** The values of the options: one that is not declared is no undefined. */
class Given {}
guard(Given, { name: 'this.options', instead: 'declare it in static options = { … }' });
delete (Given.prototype as { constructor?: unknown }).constructor;

export const givenOptions = (values: object): Readonly<Record<string, unknown>> =>
  Object.freeze(Object.create(Given.prototype, Object.getOwnPropertyDescriptors(values)));

/** What an instance has before its constructor runs. */
export function endow(about: {
  name: string;
  children: readonly Child[];
  options: Readonly<Record<string, unknown>>;
}): void {
  const child = about.children[0] ?? null;
  Object.assign(Translator.prototype, { ...about, child, type: 'features/glupy', log });
}
