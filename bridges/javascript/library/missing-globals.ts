/**
 * Makes the globals of other JavaScript runtimes undefined, so that `typeof process ===
 * 'undefined'` holds, and logs the first access to each. A module may define one by assignment or
 * declaration.
 */
import { FOREIGN_GLOBALS } from './foreign-globals.ts';
import { logRefusal } from './report.ts';

const { defineProperty } = Object;

function defineMissingGlobal(name: string, why: string): void {
  let isLogged = false;
  defineProperty(globalThis, name, {
    configurable: true,
    get() {
      if (isLogged) return;
      isLogged = true;
      logRefusal(`not given: ${name} (${why})`);
    },
    set(value: unknown) {
      defineProperty(globalThis, name, { value, writable: true, configurable: true });
    },
  });
}

for (const [names, why] of FOREIGN_GLOBALS) {
  for (const name of names.split(' ')) if (!(name in globalThis)) defineMissingGlobal(name, why);
}
