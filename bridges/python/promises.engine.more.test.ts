/** Promises that a Python module makes in its realm: their reactions never run. */
import { afterAll, expect, inject, it } from 'vitest';
import { loadModule, testEngines } from '../../test/support/python-engines.ts';

const engines = testEngines(inject('runFolder'));
afterAll(() => engines.close());

const SOURCE = `import gc
from pyodide.ffi import create_proxy
from _pyodide import _future_helper
ran = []
def later(*args):
    ran.append(args)
    raise ValueError("this is not awaited")
_future_helper.set_result = _future_helper.set_exception = later
def promise():
    future = create_proxy(later).callPromising()
    future.add_done_callback(later)
    return len(ran)
def count(): return len(ran)
`;

/** Gives promise reactions every chance to run. */
async function runTurns(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

it("a Python module's code runs only when the host calls it, and never as a callback of a promise", async () => {
  const engine = await engines.make({ timeLimitMs: 5000, confine: false });
  const module = loadModule(engine, SOURCE);
  const call = (name: string): number => engine.makeCall(engine.findAttribute(module, name), '')();
  const before = call('promise');
  await runTurns();
  expect(call('count')).toBe(before);
});
