import { afterAll, describe, expect, inject, it } from 'vitest';
import { loadModule, testEngines } from '../../test/support/python-engines.ts';
import { type Engine, EngineError } from './engine.ts';

const engines = testEngines(inject('runFolder'));
afterAll(() => engines.close());

const SOURCE = `import time
from _glossa import _host
def forever():
    while True: pass
def stubborn():
    while True:
        try:
            while True: pass
        except BaseException: pass
def number(): return len(str(7 ** 3_000_000))
def hungry():
    kept = []
    while True: kept.append(bytes(10_000_000))
def fine(): return 42
def patient():
    _host.slow()
    return 7
def busy():
    while True: _host.quick(text)
text = "a" * 100_000
def refused():
    try:
        _host.refuses()
    except RuntimeError:
        while True: pass
def leave():
    import os
    os._exit(3)
class Nest:
    def __repr__(self): return repr(self)
    def __getattr__(self, name): return getattr(self, name + "x")
def through_c():
    return len(repr(Nest()))
def attributes(): return Nest().a
def parsed():
    import json
    return len(json.loads("[" * 100_000))
def imports():
    import asyncio, dataclasses, http.server, xml.dom.minidom, unittest, decimal, fractions
    return 42
`;

function catchError(action: () => unknown): EngineError {
  try {
    action();
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

async function make(
  timeLimit: number,
  memoryLimit?: number,
): Promise<{ engine: Engine; call: (name: string) => number }> {
  const engine = await engines.make({
    timeLimitMs: timeLimit,
    ...(memoryLimit === undefined ? {} : { memoryLimitBytes: memoryLimit }),
    hostFunctions: {
      slow: {
        params: '',
        result: 'v',
        mayWait: true,
        call: () => {
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 4 * timeLimit);
          return undefined;
        },
      },
      quick: { params: 's', result: 'v', call: () => undefined },
      refuses: {
        params: '',
        result: 'v',
        call: () => {
          throw new Error('no');
        },
      },
    },
  });
  const module = loadModule(engine, SOURCE);
  return { engine, call: (name) => engine.makeCall(engine.findAttribute(module, name), '')() };
}

describe("Python's time limit", () => {
  it('interrupts a loop and a long operation, and leaves the interpreter usable', async () => {
    const { engine, call } = await make(200);
    for (const name of ['forever', 'number', 'forever']) {
      const error = catchError(() => call(name));
      expect([error.code, error.isFatal]).toEqual(['time-limit', false]);
      expect(error.moduleError?.file).toBe('/volume/m.py');
      expect(call('fine')).toBe(42);
    }
    expect(engine.fatalError).toBe(undefined);
  });

  it('ends the interpreter of a module that ignores interrupts', async () => {
    const { engine, call } = await make(200);
    const error = catchError(() => call('stubborn'));
    expect([error.code, error.isFatal]).toEqual(['time-limit', true]);
    expect(catchError(() => call('fine'))).toBe(engine.fatalError);
  });

  it('does not count the time in which a debugger waits for its user', async () => {
    const { call } = await make(100);
    expect(call('patient')).toBe(7);
  });

  it('counts the time that the module spends in functions of the host', async () => {
    const { call } = await make(100);
    expect(catchError(() => call('busy')).code).toBe('time-limit');
    expect(call('fine')).toBe(42);
  });

  it('keeps counting after the host has refused a call', async () => {
    const { call } = await make(100);
    expect(catchError(() => call('refused')).code).toBe('time-limit');
  });

  it('applies to each interpreter separately', async () => {
    const slow = await make(60_000);
    const quick = await make(100);
    expect(catchError(() => quick.call('forever')).code).toBe('time-limit');
    expect(slow.call('fine')).toBe(42);
  });
});

describe("Python's memory limit", () => {
  it('fails a module that exceeds it, and leaves the interpreter usable', async () => {
    const { engine, call } = await make(0, 64 * 2 ** 20);
    expect(catchError(() => call('hungry')).code).toBe('memory-limit');
    expect(engine.memoryBytes).toBeLessThanOrEqual(64 * 2 ** 20);
    expect(call('fine')).toBe(42);
    expect(catchError(() => call('hungry')).code).toBe('memory-limit');
    expect(call('fine')).toBe(42);
  });
});

describe('a crash of Python', () => {
  it('fails the call with a fatal error, and every later call with the same error', async () => {
    const { engine, call } = await make(0);
    const error = catchError(() => call('leave'));
    expect([error.code, error.isFatal]).toEqual(['crash', true]);
    expect(catchError(() => call('fine'))).toBe(engine.fatalError);
  });

  it('is not caused by endless recursion through C functions, which raises RecursionError', async () => {
    const { call } = await make(0);
    for (const name of ['through_c', 'attributes', 'parsed']) {
      expect(catchError(() => call(name)).moduleError?.type).toBe('RecursionError');
      expect(call('imports')).toBe(42);
    }
  });
});
