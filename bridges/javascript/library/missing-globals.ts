/**
 * Makes the globals of other JavaScript runtimes undefined, so that `typeof process ===
 * 'undefined'` holds, and logs the first access to each. A module may define one by assignment or
 * declaration.
 */
import { FOREIGN_GLOBALS } from './foreign-globals.ts';
import { logRefusal } from './report.ts';

const { defineProperty } = Object;

/** Defines a global that is undefined, and logs its first use with the reason. */
function defineMissingGlobal(name: string, reason: string): void {
  let isLogged = false;
  defineProperty(globalThis, name, {
    configurable: true,
    get() {
      if (isLogged) return;
      isLogged = true;
      logRefusal(`not given: ${name} (${reason})`);
    },
    set(value: unknown) {
      defineProperty(globalThis, name, { value, writable: true, configurable: true });
    },
  });
}

for (const [names, reason] of FOREIGN_GLOBALS) {
  for (const name of names.split(' ')) if (!(name in globalThis)) defineMissingGlobal(name, reason);
}
