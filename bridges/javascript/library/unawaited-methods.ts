/** Logs errors of a module's own async methods whose promises it does not await. */
import { findFop } from '../../../runtime/core/fops.ts';
import { isPromise, onUnhandled } from './context.ts';
import { isAsync } from './describe.ts';
import { isOfModule, report } from './report.ts';
import { callPattern, findUnawaited, wrappedMethods } from './unawaited-replies.ts';

const CALLER = String.raw`(?:void\s+)?(?:this|self|that)`;

/**
 * Wraps the async methods of a class that are not fops, to log rejections that no caller handles.
 */
export function logUnawaitedErrors(made: { readonly prototype: object }): void {
  const { prototype } = made;
  const all = Object.entries(Object.getOwnPropertyDescriptors(prototype));
  const texts = all.flatMap(([name, { value }]) =>
    name !== 'constructor' && isOfModule(value) ? [String(value)] : [],
  );
  for (const [name, property] of all) {
    const { value: method } = property;
    // A fop's error fails its request.
    if (!isOfModule(method) || !isAsync(method) || isFop(name)) continue;
    const asks = callPattern(CALLER, name.replaceAll('$', '\\$'));
    if (!texts.some((text) => findUnawaited(text, asks) !== null)) continue;
    const watching = watched(name, method as Method);
    wrappedMethods.set(watching, method);
    Object.defineProperty(prototype, name, { ...property, value: watching });
  }
}

const isFop = (name: string): boolean => name === 'anyFop' || findFop(name) !== undefined;

type Method = (this: unknown, ...args: unknown[]) => unknown;

const watched = (name: string, method: Method): Method =>
  function (...args) {
    const promise = Reflect.apply(method, this, args);
    if (isPromise(promise)) {
      onUnhandled(promise, (error) => report(error, `${name} failed, and was not awaited`, method));
    }
    return promise;
  };
