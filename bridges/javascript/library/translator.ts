/** Defines Translator, the base class of every module's translator. */
import type { Child } from './child.ts';
import { guard } from './guard.ts';
import { host } from './host.ts';
import { type Invalidation, invalidate } from './invalidate.ts';
import { type Log, log } from './log.ts';
import type { OptionSpec } from './option.ts';
import { findDefinition } from './report.ts';
import { addTimer, cancelTimer, sleep } from './timers.ts';

/** A timer that `Translator.timer` has started. */
export interface Timer {
  cancel(): void;
}

/** The base class of a module's translator; its fops are methods of the derived class. */
export class Translator {
  /** Options that the volfile may set; the instance's `options` has their values. */
  static options: Readonly<Record<string, OptionSpec>> = {};
  /** Declares that readv and writev do not change data (core/data-guard.ts). */
  static observes = false;
  /** True to wind fops that it does not define to the first of several children. */
  static passesThrough: boolean | undefined = undefined;
  declare readonly name: string;
  declare readonly type: string;
  declare readonly children: readonly Child[];
  declare readonly child: Child | null;
  declare options: Readonly<Record<string, unknown>>;
  declare readonly log: Log;

  /** Invalidates entries or attributes in the kernel and caches above. */
  invalidate(target?: unknown, nameOrOptions?: unknown, options?: Invalidation): void {
    invalidate(target, nameOrOptions, options);
  }

  /** Sets whether the volume is up, in place of its children. */
  sayUp(up: unknown = true): void {
    if (typeof up !== 'boolean') throw new TypeError('sayUp takes true or false');
    host.up(up ? 1 : 0);
  }

  /** Calls `fn` after `seconds`; with `repeat`, again after each further `seconds`. */
  timer(seconds: number, fn: () => unknown, { repeat = false } = {}): Timer {
    const id = addTimer(seconds * 1000, () => fn.call(this), repeat, findDefinition(fn));
    return { cancel: () => void cancelTimer(id) };
  }

  /** Waits for `seconds`. Rejects with Cancelled when the caller is interrupted. */
  sleep(seconds: number): Promise<void> {
    return sleep(seconds * 1000);
  }
}

/** The class of `options`: its guard throws if a module reads an undeclared option. */
class DeclaredOptions {}
guard(DeclaredOptions, { name: 'this.options', usageHint: 'declare it in static options = { … }' });
// Removed, so that logs show `options` as a plain object.
delete (DeclaredOptions.prototype as { constructor?: unknown }).constructor;

/** Makes a translator's `options`, read-only, from the values by name. */
export const makeOptions = (values: object): Readonly<Record<string, unknown>> =>
  Object.freeze(Object.create(DeclaredOptions.prototype, Object.getOwnPropertyDescriptors(values)));

/** Sets the properties of an instance before its constructor runs. */
export function setInstanceProperties(properties: {
  name: string;
  children: readonly Child[];
  options: Readonly<Record<string, unknown>>;
}): void {
  const child = properties.children[0] ?? null;
  Object.assign(Translator.prototype, { ...properties, child, type: 'features/glupy', log });
}
