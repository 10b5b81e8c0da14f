/**
 * Records every Proxy that is made, as JavaScript cannot tell a Proxy from another object.
 * Inspecting one would run the module's traps.
 */
const Native = Proxy;
const { revocable } = Native;
const { apply, construct, defineProperty } = Reflect;
const proxies = new WeakSet<object>();
const { add, has } = WeakSet.prototype;

function recordProxy<T extends object>(proxy: T): T {
  apply(add, proxies, [proxy]);
  return proxy;
}

defineProperty(Native, 'revocable', {
  value: (target: object, handler: object) => {
    const pair = revocable(target, handler);
    recordProxy(pair.proxy);
    return pair;
  },
  writable: true,
  configurable: true,
});
defineProperty(globalThis, 'Proxy', {
  value: new Native(Native, {
    construct: (_, args) => recordProxy(construct(Native, args) as object),
  }),
  writable: true,
  configurable: true,
});

export const isProxy = (value: unknown): boolean => apply(has, proxies, [value]) as boolean;
