/** What is evaluated in a scope sees that, and leaves what is around it alone. */
import { expect, it } from 'vitest';
import { newRealm } from './realm.ts';

it.each(['process', 'fetch', 'setTimeout', 'console', 'postMessage', 'eval', 'self'])(
  'has no %s',
  (name) => {
    expect(newRealm().evaluate(`typeof ${name}`, 'a')).toBe('undefined');
    expect(newRealm().evaluate(`typeof globalThis.${name}`, 'a')).toBe('undefined');
  },
);

it('keeps its own globals, also those of strict functions', () => {
  const realm = newRealm();
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
  expect(newRealm().evaluate('typeof mine', 'd')).toBe('undefined');
  expect(performance.now()).toBeGreaterThan(0);
});

it('has what ECMAScript has', () => {
  const realm = newRealm();
  expect(realm.evaluate('[1, 2].map((n) => n * 2).join()', 'a')).toBe('2,4');
  expect(realm.evaluate('typeof WebAssembly.Module', 'a')).toBe('function');
});
