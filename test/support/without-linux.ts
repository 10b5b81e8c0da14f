/**
 * Runs glossa as on a system that lacks what a Mac lacks: Linux's name, koffi, /proc, /sys and
 * /dev/fuse. The kernel, Node and the files are still Linux's.
 */
import { GLOSSA, type Outcome, preloadOption, run, type Scratch } from './mount.ts';

/** The preloaded program that takes all this away. */
const PRELOAD = String.raw`
const fs = require('node:fs');
const Module = require('node:module');
const os = require('node:os');
Object.defineProperty(process, 'platform', { value: 'darwin' });
Object.defineProperty(process, 'arch', { value: 'arm64' });
os.platform = () => 'darwin';
os.type = () => 'Darwin';
const load = Module._load;
Module._load = function (id, ...rest) {
  if (/koffi|ffi-rs/.test(id)) throw new Error('Cannot find the native Koffi module');
  return load.call(this, id, ...rest);
};
const hidden = /^\/(proc|sys|dev\/(fuse|shm))(\/|$)/;
const names = /^(access|exists|lstat|open|opendir|readFile|readdir|readlink|realpath|stat|statfs)(Sync)?$/;
for (const holder of [fs, fs.promises]) {
  for (const [name, fn] of Object.entries(holder)) {
    if (typeof fn !== 'function' || !names.test(name)) continue;
    holder[name] = function (path, ...args) {
      if (typeof path !== 'string' || !hidden.test(path)) return fn.call(this, path, ...args);
      if (name === 'existsSync') return false;
      if (args[0]?.throwIfNoEntry === false) return undefined;
      const error = Object.assign(new Error('ENOENT: no such file or directory, ' + path), {
        ...{ code: 'ENOENT', errno: -2, syscall: name, path },
      });
      const callback = args.at(-1);
      if (typeof callback === 'function') return void process.nextTick(callback, error);
      if (holder === fs.promises) return Promise.reject(error);
      throw error;
    };
  }
}
Module.syncBuiltinESMExports();
`;

/** Runs Node with these words, in the scratch folder. */
export async function runNodeWithoutLinux(
  scratch: Scratch,
  words: readonly string[],
): Promise<Outcome> {
  const preload = await scratch.writeFile('without-linux.cjs', PRELOAD);
  return run(scratch, process.execPath, ['--require', preload, ...words], {
    // For the processes that it starts, too.
    env: { NODE_OPTIONS: preloadOption(preload) },
  });
}

export const runWithoutLinux = (scratch: Scratch, words: readonly string[]): Promise<Outcome> =>
  runNodeWithoutLinux(scratch, [GLOSSA, ...words]);
