/** Promises that a script makes in its realm: nobody runs what waits for them. */
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
    raise ValueError("nobody waits for this")
_future_helper.set_result = _future_helper.set_exception = later
def promise():
    future = create_proxy(later).callPromising()
    future.add_done_callback(later)
    return len(ran)
def count(): return len(ran)
`;

/** Gives promises every chance to go on. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((done) => setImmediate(done));
}

it('a script runs when it is called, and at no other time', async () => {
  const engine = await engines.make({ timeLimit: 5000, confine: false });
  const module = loadModule(engine, SOURCE);
  const call = (name: string): number => engine.entry(engine.get(module, name), '')();
  const before = call('promise');
  await turns();
  expect(call('count')).toBe(before);
});
