/** The exports that Pyodide's runtime keeps, by texts that are shaped like it. */
import { expect, it } from 'vitest';
import { dropUnusedExports, listUsedExports } from './used-exports.ts';

const runtime =
  'let a=_malloc(1);wasmExports["free"]=wrap(wasmExports["free"]);ccall("strlen");' +
  'var _malloc,_free,_strlen,_PyDict_New,_PyTrue,_main,wasmMemory;' +
  'function assignWasmExports(wasmExports){' +
  '_malloc=Module["_malloc"]=wasmExports["malloc"];_free=Module["_free"]=wasmExports["free"];' +
  '_strlen=Module["_strlen"]=wasmExports["strlen"];' +
  '_PyDict_New=Module["_PyDict_New"]=wasmExports["PyDict_New"];' +
  '_PyTrue=Module["_PyTrue"]=wasmExports["_Py_TrueStruct"].value>>>0;' +
  '_main=Module["_main"]=wasmExports["__main"];wasmMemory=wasmExports["memory"];}' +
  'wasmExports.start();';

it('variables stay that the runtime or the loader names, also by the name of the export', () => {
  const used = dropUnusedExports(runtime, 'module._main()');
  expect(used).toContain('var _malloc,_free,_strlen,_main,wasmMemory;');
  expect(used).not.toMatch(/PyDict_New|PyTrue/);
  expect(used.startsWith('let a=_malloc(1);')).toBe(true);
  expect(used.endsWith('wasmExports.start();')).toBe(true);
  expect(new Set(listUsedExports(used))).toEqual(
    new Set(['malloc', 'free', 'strlen', '__main', 'memory', 'start']),
  );
});

it('a runtime without that function is refused by name', () => {
  expect(() => dropUnusedExports('export default 1', '')).toThrow(/assignWasmExports/);
});
