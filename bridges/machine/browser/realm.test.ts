/** The browser's realm: evaluated code sees its own globals, and not the page's. */
import { expect, it } from 'vitest';
import { makeRealm } from './realm.ts';

it.each(['process', 'fetch', 'setTimeout', 'console', 'postMessage', 'eval', 'self'])(
  'sandboxed code in a browser has no global %s',
  (name) => {
    expect(makeRealm().evaluate(`typeof ${name}`, 'a')).toBe('undefined');
    expect(makeRealm().evaluate(`typeof globalThis.${name}`, 'a')).toBe('undefined');
  },
);

it("sandboxed code in a browser has globals apart from the page's, also in strict functions", () => {
  const realm = makeRealm();
  realm.evaluate(
    `(function () {
    'use strict';
    Object.defineProperty(globalThis, 'performance', { value: 7 });
    globalThis.mine = performance;
  })()`,
    'a',
  );
  expect(realm.evaluate('mine', 'b')).toBe(7);
  expect(realm.evaluate('(function () { "use strict"; return typeof this })()', 'c')).toBe(
    'undefined',
  );
  expect('mine' in globalThis).toBe(false);
  expect(makeRealm().evaluate('typeof mine', 'd')).toBe('undefined');
  expect(performance.now()).toBeGreaterThan(0);
});

it('sandboxed code in a browser has the built-in objects of JavaScript', () => {
  const realm = makeRealm();
  expect(realm.evaluate('[1, 2].map((n) => n * 2).join()', 'a')).toBe('2,4');
  expect(realm.evaluate('typeof WebAssembly.Module', 'a')).toBe('function');
});
