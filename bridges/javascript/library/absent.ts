/**
 * Globals that other programs for JavaScript have and scripts look for. They are `undefined` here, so
 * that `typeof process === 'undefined'` holds; the first look at each is told to the volume's log. A
 * module may set one for itself, by assignment or declaration.
 */
import { ELSEWHERE } from './elsewhere.ts';
import { refused } from './report.ts';

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

for (const [names, why] of ELSEWHERE) {
  for (const name of names.split(' ')) if (!(name in globalThis)) hide(name, why);
}
