/**
 * Lists and writes the parts of interpreters (host/machine.ts) that a web page serves;
 * machine/browser/parts.ts fetches them.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parts } from './parts.ts';

// Files of the package pyodide.
const PYODIDE_TEXTS = ['package.json', 'pyodide-lock.json', 'pyodide.mjs', 'pyodide.asm.mjs'];
const PYODIDE_BINARIES = ['pyodide.asm.wasm', 'python_stdlib.zip'];

/** Reads all parts by name; texts are strings. */
export function readPageParts(): ReadonlyMap<string, string | Uint8Array> {
  const texts = [
    ...PYODIDE_TEXTS.map((file) => `pyodide/${file}`),
    ...[
      'python/interpreter/',
      'python/glupy/',
      'python/gluster/',
      'python/glossa/',
      'realm/',
      'guest/',
    ].flatMap((folder) => parts.listNames(folder).filter((name) => /\.(py|js)$/.test(name))),
  ];
  const bytes = [...PYODIDE_BINARIES.map((file) => `pyodide/${file}`), 'quickjs.wasm'];
  return new Map<string, string | Uint8Array>([
    ...texts.map((name) => [name, parts.readText(name)] as const),
    ...bytes.map((name) => [name, parts.readBytes(name)] as const),
  ]);
}

/** Writes all parts to a folder, with their names in `index.json`. */
export function writeParts(folder: string): void {
  const allParts = readPageParts();
  for (const [name, content] of allParts) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  writeFileSync(join(folder, 'index.json'), JSON.stringify([...allParts.keys()]));
}
