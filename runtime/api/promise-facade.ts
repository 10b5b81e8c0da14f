/** Turns a class of steps (`steps.ts`) into one whose methods return promises. */
import { runSteps, type Steps } from './steps.ts';

/** `T` with methods that return promises; `steps` is the original object. */
export type PromiseFacade<T> = {
  readonly [K in keyof T]: T[K] extends (...args: infer A) => Steps<infer R>
    ? (...args: A) => Promise<R>
    : T[K];
} & { readonly steps: T };

/** Whether a method is written as steps. */
const isSteps = (value: unknown): value is (...args: unknown[]) => Steps<unknown> =>
  typeof value === 'function' && value.constructor.name === 'GeneratorFunction';

/**
 * Makes a class like `StepsClass`, in which each generator method returns a promise of its result. A method that
 * only returns the generator of another is not recognized, and would run without `selectTarget`.
 * @param runMethod runs the steps of a method of that object
 * @param selectTarget selects the object that makes the steps of a call, by the call's arguments
 */
export function makePromiseFacade<A extends unknown[], T extends object>(
  StepsClass: new (...args: A) => T,
  runMethod: (steps: Steps<unknown>, target: T) => Promise<unknown> = runSteps,
  selectTarget: (target: T, args: readonly unknown[]) => T = (target) => target,
): new (
  ...args: A
) => PromiseFacade<T> {
  class Facade {
    readonly steps: T;

    constructor(...args: A) {
      this.steps = new StepsClass(...args);
      Object.assign(this, this.steps);
    }
  }
  for (const [name, descriptor] of listMethods(StepsClass.prototype)) {
    Object.defineProperty(Facade.prototype, name, descriptor);
  }
  return Facade as unknown as new (
    ...args: A
  ) => PromiseFacade<T>;

  /** Yields the members of a class after those of its base classes, which it may override. */
  function* listMethods(prototype: object): Generator<[string, PropertyDescriptor]> {
    const base = Object.getPrototypeOf(prototype) as object | null;
    if (base !== null && base !== Object.prototype) yield* listMethods(base);
    const members = Object.entries(Object.getOwnPropertyDescriptors(prototype));
    for (const [name, { value, get }] of members) {
      if (name !== 'constructor')
        yield [name, { ...makeFacadeMember(value, get), configurable: true }];
    }
  }

  function makeFacadeMember(value: unknown, get: (() => unknown) | undefined): PropertyDescriptor {
    if (isSteps(value)) {
      return {
        value(this: Facade, ...args: unknown[]) {
          let target: T;
          try {
            target = selectTarget(this.steps, args);
          } catch (error) {
            return Promise.reject(error);
          }
          return runMethod(value.apply(target, args), target);
        },
      };
    }
    if (get === undefined) return { value };
    return {
      get(this: Facade) {
        return get.call(this.steps);
      },
    };
  }
}

/** Calls back with the outcome of a promise. An exception of the callback is uncaught, as in Node, not a rejection. */
export function callBack<R>(
  promise: Promise<R>,
  callback: (error: unknown, result?: R) => void,
): void {
  promise.then(
    (result) => queueMicrotask(() => callback(null, result)),
    (error) => queueMicrotask(() => callback(error)),
  );
}
