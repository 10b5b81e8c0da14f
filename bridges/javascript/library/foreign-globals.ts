/** Lists globals of other JavaScript runtimes, with the reason why a module lacks them. */
export const FOREIGN_GLOBALS: readonly (readonly [names: string, why: string])[] = [
  ['process Deno Bun global window', 'a module has no access to its host'],
  ['require module exports importScripts', "a module imports: import … from './file.js'"],
  ['fetch XMLHttpRequest WebSocket EventSource', 'a module has no network'],
  ['Worker SharedWorker', 'a module has one thread'],
  ['WebAssembly', 'a module has no other code than JavaScript'],
  ['Buffer', 'bytes are Uint8Array'],
  ['std os bjson scriptArgs __host', 'a module sees only what it is given'],
];
