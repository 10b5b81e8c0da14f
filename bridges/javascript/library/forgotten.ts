/** Async methods of the module's own that nobody awaits: what they throw would be known to nobody. */
import { findFop } from '../../../runtime/core/fops.ts';
import { isPromise, whenForgotten } from './context.ts';
import { isAsync } from './describe.ts';
import { isOfModule, report } from './report.ts';
import { asking, forgottenIn, watchedMethods } from './unawaited.ts';

const CALLER = String.raw`(?:void\s+)?(?:this|self|that)`;

/**
 * Sees to async methods of a class that another calls without waiting for them: what rejects their
 * promise would be known to nobody. Others cost nothing.
 */
export function watchForgotten(made: { readonly prototype: object }): void {
  const { prototype } = made;
  const all = Object.entries(Object.getOwnPropertyDescriptors(prototype));
  const texts = all.flatMap(([name, { value }]) =>
    name !== 'constructor' && isOfModule(value) ? [String(value)] : [],
  );
  for (const [name, property] of all) {
    const { value: method } = property;
    // What becomes of a fop is its request's.
    if (!isOfModule(method) || !isAsync(method) || isFop(name)) continue;
    const asks = asking(CALLER, name.replaceAll('$', '\\$'));
    if (!texts.some((text) => forgottenIn(text, asks) !== null)) continue;
    const watching = watched(name, method as Method);
    watchedMethods.set(watching, method);
    Object.defineProperty(prototype, name, { ...property, value: watching });
  }
}

const isFop = (name: string): boolean => name === 'anyFop' || findFop(name) !== undefined;

type Method = (this: unknown, ...args: unknown[]) => unknown;

const watched = (name: string, method: Method): Method =>
  function (...args) {
    const promise = Reflect.apply(method, this, args);
    if (isPromise(promise)) {
      whenForgotten(promise, (error) =>
        report(error, `${name} failed, and nobody awaited it`, method),
      );
    }
    return promise;
  };
