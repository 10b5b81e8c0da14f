/** Compares THIRD-PARTY.md with the versions that the packages' parts report. */
import { readFileSync } from 'node:fs';
import { loadPyodide } from 'pyodide';
import { expect, it } from 'vitest';
import { bundledSoftware } from '../tools/gen/third-party.ts';

const versions = (name: string): Record<string, string> =>
  Object.fromEntries(bundledSoftware[name]!.parts.map(([part, version]) => [part, version]));

it('THIRD-PARTY.md has the versions of the libraries in Pyodide, and Pyodide contains no others', async () => {
  const python = await loadPyodide();
  const output = python.runPython(`
import json, platform, sqlite3, pyexpat, decimal, zlib, compression.zstd, sys
json.dumps({
    "CPython": platform.python_version(),
    "SQLite": sqlite3.sqlite_version,
    "Expat": pyexpat.EXPAT_VERSION.removeprefix("expat_"),
    "libmpdec": decimal.__libmpdec_version__,
    "zlib": zlib.ZLIB_RUNTIME_VERSION,
    "Zstandard": compression.zstd.zstd_version,
})`);
  expect(versions('pyodide')).toMatchObject(JSON.parse(output));
  const modules: string[] = python.runPython('import sys; list(sys.builtin_module_names)').toJs();
  // OpenSSL is not among them, and modules of other libraries neither.
  expect(modules).toEqual(
    expect.arrayContaining(['_bz2', '_ctypes', '_lzma', '_sqlite3', '_zstd']),
  );
  expect(
    modules.filter((name) => /ssl|hashlib|curses|readline|dbm|tkinter|uuid/.test(name)),
  ).toEqual([]);
  const lock = JSON.parse(readFileSync('node_modules/pyodide/pyodide-lock.json', 'utf8')) as {
    info: { platform: string };
  };
  expect(lock.info.platform).toBe(
    `emscripten_${versions('pyodide').Emscripten!.replaceAll('.', '_')}`,
  );
});

it('THIRD-PARTY.md has the version of QuickJS', () => {
  const text = readFileSync('node_modules/@jitl/quickjs-wasmfile-release-sync/README.md', 'utf8');
  const [, version] = /\nVersion \[([\d-]+)\+/.exec(text)!;
  expect(versions('@jitl/quickjs-wasmfile-release-sync')).toEqual({ QuickJS: version });
});
