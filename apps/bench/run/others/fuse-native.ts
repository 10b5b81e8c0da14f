/**
 * Implements `--with fuse-native`: a typical pass-through in JavaScript on the package fuse-native.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { FUSE_NATIVE_INSTALL } from '../../../../runtime/mount/fuse-native/install-command.ts';
import { packageRoot } from '../../../../runtime/sys/paths.ts';
import { type Implementation, makePassArguments, runToEnd } from './implementation.ts';

/** The pass-through on fuse-native. */
const SCRIPT = join(packageRoot, 'apps/bench/engine/others/fuse-native/pass.js');

export const fuseNative: Implementation = {
  names: ['fuse-native'],
  prepare() {
    const env = makeLibraryEnvironment();
    const {
      status,
      output: version,
      lastError,
    } = runToEnd([process.execPath, SCRIPT, '--version'], { env });
    if (lastError.includes("Cannot find module 'fuse-native'")) {
      return `it is not installed (${FUSE_NATIVE_INSTALL})`;
    }
    if (status !== 0) return `it does not run here: ${lastError}`;
    return {
      versions: { 'fuse-native': version },
      stacks: [
        {
          name: 'fuse-native',
          description:
            'A folder passed through in JavaScript, on the npm package fuse-native (libfuse 2, ' +
            'by paths) with calls of node:fs.',
          makeCommand: (plan) => ({
            commandLine: [process.execPath, SCRIPT, ...makePassArguments(plan)],
            env,
          }),
        },
      ],
    };
  },
};

/**
 * Makes variables that preload the libfuse in the package, which the package does not find itself.
 */
function makeLibraryEnvironment(): Record<string, string> {
  try {
    const folder = dirname(createRequire(SCRIPT).resolve('fuse-native/package.json'));
    const library = join(folder, 'prebuilds', `${process.platform}-${process.arch}`, 'libfuse.so');
    return existsSync(library) ? { LD_PRELOAD: library } : {};
  } catch {
    // The package is not installed; the script will report it.
    return {};
  }
}
