/**
 * Records every Proxy that is made, as JavaScript cannot tell a Proxy from another object.
 * Inspecting one would run the module's traps.
 */
const NativeProxy = Proxy;
const { revocable } = NativeProxy;
const { apply, construct, defineProperty } = Reflect;
const proxies = new WeakSet<object>();
// The original functions, as a module could replace them.
const { add, has } = WeakSet.prototype;

function recordProxy<T extends object>(proxy: T): T {
  apply(add, proxies, [proxy]);
  return proxy;
}

defineProperty(NativeProxy, 'revocable', {
  value: (target: object, handler: object) => {
    const pair = revocable(target, handler);
    recordProxy(pair.proxy);
    return pair;
  },
  writable: true,
  configurable: true,
});
defineProperty(globalThis, 'Proxy', {
  value: new NativeProxy(NativeProxy, {
    construct: (_, args) => recordProxy(construct(NativeProxy, args) as object),
  }),
  writable: true,
  configurable: true,
});

/** True for any Proxy that was made since this file ran, before all modules. */
export const isProxy = (value: unknown): boolean => apply(has, proxies, [value]) as boolean;
