/**
 * Implements `Parts` (host/machine.ts) with node:fs: reads the files that interpreters are made of
 * (Pyodide, quickjs.wasm, glossa's Python packages).
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  type Stats,
  statSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { makeBuiltPath, packageRoot } from '../../../runtime/sys/paths.ts';
import type { Parts } from '../../host/machine.ts';

const { resolve } = createRequire(import.meta.filename);

/** Folders, by the first component of a part's name. */
const foldersByPrefix: Readonly<Record<string, () => string>> = {
  pyodide: () => dirname(resolve('pyodide')),
  python: () => join(packageRoot, 'python'),
  realm: () => makeBuiltPath('bridges/python/in-realm'),
  guest: () => makeBuiltPath('bridges/javascript/guest'),
};

/** Returns the file of a part. @throws {Error} for an unknown prefix */
function makePartPath(name: string): string {
  if (name === 'quickjs.wasm') return resolve('@jitl/quickjs-wasmfile-release-sync/wasm');
  const slash = name.indexOf('/');
  const folder = foldersByPrefix[name.slice(0, slash)];
  if (folder === undefined) throw new Error(`there is no part '${name}'`);
  return join(folder(), name.slice(slash + 1));
}

/** Returns the attributes of a part's file. */
export const statPart = (name: string): Stats => statSync(makePartPath(name));

/** Reads a file into memory that `allocate` returns (shared, or of a realm), without a copy. */
function readInto(path: string, allocate: (length: number) => Uint8Array): Uint8Array {
  const fd = openSync(path, 'r');
  try {
    const bytes = allocate(fstatSync(fd).size);
    let offset = 0;
    while (offset < bytes.length) {
      const count = readSync(fd, bytes, offset, bytes.length - offset, null);
      if (count === 0) throw new Error(`${path} is incomplete`);
      offset += count;
    }
    return bytes;
  } finally {
    closeSync(fd);
  }
}

/** The parts of this installation. */
export const parts: Parts = {
  has: (name) => existsSync(makePartPath(name)),
  listNames: (prefix) =>
    readdirSync(makePartPath(prefix))
      .sort()
      .map((file) => prefix + file),
  readText: (name) => readFileSync(makePartPath(name), 'utf8'),
  readBytes(name, allocate) {
    const path = makePartPath(name);
    return allocate === undefined ? readFileSync(path) : readInto(path, allocate);
  },
};
