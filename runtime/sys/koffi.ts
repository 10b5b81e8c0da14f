/**
 * Loads koffi, which calls C functions. Its JavaScript is bundled (tools/bundle.ts), because the package itself has an
 * install script, which npm 12 blocks with a warning; its binary is a package for each machine, which has none.
 */
import { createRequire } from 'node:module';

type Koffi = typeof import('koffi').default;

const require = createRequire(import.meta.filename);

/** The file of koffi, for threads that load it themselves. */
export const koffiPath: string = require.resolve('#koffi');

const loadedKoffi = loadKoffi();

/** Whether C functions can be called: on Linux, where koffi's binary can be loaded. */
export const hasSystemCalls = loadedKoffi !== null;

/** koffi, or a substitute that finds no function. */
export const koffi = loadedKoffi ?? makeSubstitute();

function loadKoffi(): Koffi | null {
  // The prototypes, numbers and structs of all callers are Linux's.
  if (process.platform !== 'linux') return null;
  try {
    return require(koffiPath) as Koffi;
  } catch {
    return null;
  }
}

/** Makes what the modules that bind functions use while they are loaded; anything else throws. */
function makeSubstitute(): Koffi {
  const refuse = (): never => {
    throw new Error(`koffi, which calls C functions, cannot be loaded on ${process.platform}`);
  };
  const program = {
    func(prototype: string): never {
      throw new Error(`cannot find function '${prototype}'`);
    },
    symbol: refuse,
  };
  const substitute = { load: () => program, address: () => 0n, errno: refuse };
  return new Proxy(substitute, {
    get: (target, name) => Reflect.get(target, name) ?? refuse(),
  }) as unknown as Koffi;
}
