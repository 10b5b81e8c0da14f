/**
 * Records every Proxy that is made: inspecting one would run the module's traps, and nothing else
 * distinguishes it.
 */
const Native = Proxy;
const { revocable } = Native;
const { apply, construct, defineProperty } = Reflect;
const made = new WeakSet<object>();
const { add, has } = WeakSet.prototype;

function noted<T extends object>(proxy: T): T {
  apply(add, made, [proxy]);
  return proxy;
}

defineProperty(Native, 'revocable', {
  value: (target: object, handler: object) => {
    const both = revocable(target, handler);
    noted(both.proxy);
    return both;
  },
  writable: true,
  configurable: true,
});
defineProperty(globalThis, 'Proxy', {
  value: new Native(Native, {
    construct: (_, args) => noted(construct(Native, args) as object),
  }),
  writable: true,
  configurable: true,
});

export const isProxy = (value: unknown): boolean => apply(has, made, [value]) as boolean;
