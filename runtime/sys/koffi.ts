/**
 * Loads koffi, which calls C functions. Its JavaScript is bundled (tools/bundle.ts), because the package itself has an
 * install script, which npm 12 blocks with a warning; its binary is a package for each machine, which has none.
 */
import { createRequire } from 'node:module';

type Koffi = typeof import('koffi').default;

const require = createRequire(import.meta.filename);

/** The file of koffi, for threads that load it themselves. */
export const koffiPath: string = require.resolve('#koffi');

export const koffi = require(koffiPath) as Koffi;
