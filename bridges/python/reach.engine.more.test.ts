/**
 * No path from object to object leads a Python module to JavaScript; and a JavaScript object that it
 * nevertheless held would be of no use.
 */
import { afterAll, describe, expect, inject, it } from 'vitest';
import { loadModule, testEngines } from '../../test/support/python-engines.ts';
import { EngineError } from './engine.ts';

const engines = testEngines(inject('runFolder'));
afterAll(() => engines.close());

describe("JavaScript's objects", () => {
  // reach.engine.long.test.ts walks from object to object.
  it('cannot be reached by Python code through any built-in module', async () => {
    const apart = await engines.make();
    const source = `import _imp, importlib, json, sys
from importlib.machinery import BuiltinImporter, FrozenImporter, ModuleSpec
ways = {
    "import": importlib.import_module,
    "__import__": __import__,
    "create_builtin": lambda name: _imp.create_builtin(ModuleSpec(name, BuiltinImporter)),
    "create_module": lambda name: BuiltinImporter.create_module(ModuleSpec(name, BuiltinImporter)),
    "load_module": BuiltinImporter.load_module,
    "find_spec": BuiltinImporter.find_spec,
    "frozen": FrozenImporter.find_spec,
    "is_builtin": lambda name: _imp.is_builtin(name) or None,
    "names": lambda name: name in sys.builtin_module_names or None,
    "modules": sys.modules.get,
}
def attempt(name):
    made = {}
    for way, f in ways.items():
        try: result = f(name)
        except ImportError: result = None
        if result is not None: made[way] = repr(result)
    return json.dumps(made)
`;
    const attempt = apart.makeCall(
      apart.findAttribute(loadModule(apart, source), 'attempt'),
      's',
      's',
    );
    const list = apart.findAttribute(apart.importModule('_confine'), 'HIDDEN.__str__');
    const hidden = apart.makeCall(list, '', 's')()?.match(/\w+/g) ?? [];
    expect(hidden).toEqual(expect.arrayContaining(['_pyodide_core', '_ctypes', '_testcapi']));
    for (const name of hidden) expect([name, attempt(name)]).toEqual([name, '{}']);
    // The same ways do import harmless modules.
    expect(Object.keys(JSON.parse(attempt('math') ?? '{}') as object)).toContain('create_builtin');
  });
});

describe('a JavaScript object that leaks to a Python module', () => {
  const USES: Readonly<Record<string, string>> = {
    'an attribute': 'x.constructor',
    'its text': 'str(x)',
    'a call': 'x.push(1)',
    'a change': 'x.y = 1',
    'a new one': 'to_js([1])',
    'a proxy': 'create_proxy(len)',
    'an exception': 'JsException("Error", "text")',
    'a comparison': 'x == x.constructor',
    'a class method': 'x.new()',
    'what it has': 'dir(x)',
    'memory outside of the interpreter': 'to_js(bytes(10**6))',
  };

  it.each(Object.entries(USES))(
    'cannot be used, and the attempt ends the interpreter: %s',
    async (_what, use) => {
      const refused: string[] = [];
      const engine = await engines.make({
        confine: 'fence',
        logRefusal: (what) => refused.push(what),
      });
      // The object exists from the start; a module cannot make one.
      const source = `from pyodide.ffi import JsException, create_proxy, to_js
import sys
x = next(f for f in sys.meta_path if type(f).__name__ == "JsFinder").jsproxies["js"]
def f(): ${use}
`;
      const module = loadModule(engine, source);
      const f = engine.makeCall(engine.findAttribute(module, 'f'), '', 'v');
      expect(f).toThrow(EngineError);
      expect(refused[0]).toMatch(/^\w+ \(a module reaches nothing of JavaScript\)$/);
      expect(engine.fatalError?.message).toContain('a module reaches nothing of JavaScript');
    },
  );
});
