/**
 * Globals that other programs for JavaScript have and scripts look for. They are `undefined` here, so
 * that `typeof process === 'undefined'` holds; the first look at each is told to the volume's log. A
 * module may set one for itself, by assignment or declaration.
 */
import { refused } from './report.ts';

const ABSENT: readonly (readonly [names: string, why: string])[] = [
  ['process Deno Bun global window', 'a module has no access to its host'],
  ['require module exports importScripts', "a module imports: import … from './file.js'"],
  ['fetch XMLHttpRequest WebSocket EventSource', 'a module has no network'],
  ['Worker SharedWorker', 'a module has one thread'],
  ['WebAssembly', 'a module has no other code than JavaScript'],
  ['Buffer', 'bytes are Uint8Array'],
  ['std os bjson scriptArgs __host', 'a module sees only what it is given'],
];

const { defineProperty } = Object;

function hide(name: string, why: string): void {
  let told = false;
  defineProperty(globalThis, name, {
    configurable: true,
    get() {
      if (told) return;
      told = true;
      refused(`not given: ${name} (${why})`);
    },
    set(value: unknown) {
      defineProperty(globalThis, name, { value, writable: true, configurable: true });
    },
  });
}

for (const [names, why] of ABSENT) {
  for (const name of names.split(' ')) if (!(name in globalThis)) hide(name, why);
}
