/** Logs errors of a module's own async methods whose promises it does not await. */
import { findFop } from '../../../runtime/core/fops.ts';
import { isPromise, reportUnhandled } from './context.ts';
import { isAsync } from './describe.ts';
import { isModuleFunction, logError } from './report.ts';
import { findUnawaited, makeCallPattern, wrappedMethods } from './unawaited-replies.ts';

/** Matches the translator as the receiver of a call; `void` does not handle a rejection. */
const OWN_RECEIVER = String.raw`(?:void\s+)?(?:this|self|that)`;

/**
 * Wraps the async methods of a class that are not fops, to log rejections that no caller handles.
 */
export function logUnawaitedErrors(moduleClass: { readonly prototype: object }): void {
  const { prototype } = moduleClass;
  const properties = Object.entries(Object.getOwnPropertyDescriptors(prototype));
  const methodTexts = properties.flatMap(([name, { value }]) =>
    name !== 'constructor' && isModuleFunction(value) ? [String(value)] : [],
  );
  for (const [name, property] of properties) {
    const { value: method } = property;
    // A fop's error fails its request.
    if (!isModuleFunction(method) || !isAsync(method) || isFop(name)) continue;
    const pattern = makeCallPattern(OWN_RECEIVER, name.replaceAll('$', '\\$'));
    if (!methodTexts.some((text) => findUnawaited(text, pattern) !== null)) continue;
    const wrapper = wrapMethod(name, method as Method);
    wrappedMethods.set(wrapper, method);
    Object.defineProperty(prototype, name, { ...property, value: wrapper });
  }
}

const isFop = (name: string): boolean => name === 'anyFop' || findFop(name) !== undefined;

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Wraps an async method, so that a rejection of its promise that no code handles is logged. */
const wrapMethod = (name: string, method: Method): Method =>
  function (...args) {
    const promise = Reflect.apply(method, this, args);
    if (isPromise(promise)) {
      reportUnhandled(promise, (error) =>
        logError(error, `${name} failed, and was not awaited`, method),
      );
    }
    return promise;
  };
