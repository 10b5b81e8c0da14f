import { Session } from 'node:inspector/promises';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { loadModule, testEngines } from '../../test/support/python-engines.ts';

const engines = testEngines(inject('runFolder'));
afterAll(() => engines.close());

const SOURCE = `class Summing:
    def lookup(self, n):
        return self.inner(n)

    def inner(self, n):
        return sum(below(n))


def below(n):
    for i in range(n):
        yield i


lookup = Summing().lookup


def thrown_into():
    numbers = below(3)
    next(numbers)
    try:
        numbers.throw(ValueError("as it came"))
    except ValueError as error:
        return str(error)


def long():
    while True:
        pass


def many(n):
    return sum(eval(f"lambda: {i} - {i} + 1")() for i in range(n))


def endless():
    return endless()


def stubborn():
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
`;

describe('frames of Python in a CPU profile', () => {
  it("have their functions' names, files and lines, generators too", async () => {
    const engine = await engines.make({ namesFrames: true });
    const lookup = engine.entry(engine.get(loadModule(engine, SOURCE), 'lookup'), 'i');
    const session = new Session();
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: 100 });
    await session.post('Profiler.start');
    for (let i = 0; i < 300; i++) expect(lookup(2000)).toBe(1_999_000);
    const { profile } = await session.post('Profiler.stop');
    session.disconnect();
    const frames = profile.nodes.map(({ callFrame }) => callFrame);
    const own = frames
      .filter(({ url }) => url === 'file:///volume/m.py')
      .map(({ functionName, lineNumber }) => `${functionName}:${lineNumber + 1}`);
    expect(own).toEqual(expect.arrayContaining(['lookup:2', 'inner:5', 'below:9']));
    const interpreter = frames.find(({ functionName }) => functionName === 'PyObject_Vectorcall');
    expect(interpreter?.url).toMatch(/^wasm:\/\/wasm\/Pyodide-/);
  });

  it('let exceptions, deep recursion and the time limit be what they are', async () => {
    const engine = await engines.make({ namesFrames: true, timeLimit: 300 });
    const module = loadModule(engine, SOURCE);
    const call = (name: string) => engine.entry(engine.get(module, name), '', 's')();
    expect(call('thrown_into')).toBe('as it came');
    expect(() => call('endless')).toThrow('RecursionError');
    expect(() => call('long')).toThrow('TimeLimit');
    expect(call('thrown_into')).toBe('as it came');
    expect(() => call('stubborn')).toThrow('would not be interrupted');
    expect(engine.dead?.code).toBe('time-limit');
  });

  it('are there for as many functions as a script makes', async () => {
    const engine = await engines.make({ namesFrames: true });
    const module = loadModule(engine, SOURCE);
    expect(engine.entry(engine.get(module, 'many'), 'i')(6000)).toBe(6000);
  });
});
