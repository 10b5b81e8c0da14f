import { afterAll, describe, expect, inject, it } from 'vitest';
import { loadModule, testEngines } from '../../test/support/python-engines.ts';
import { type Engine, EngineError } from './engine.ts';

const engines = testEngines(inject('runFolder'));
afterAll(() => engines.close());

const SOURCE = `import time
from _glossa import _host
def forever():
    while True: pass
def number(): return len(str(7 ** 3_000_000))
def hungry():
    kept = []
    while True: kept.append(bytes(10_000_000))
def fine(): return 42
def patient():
    _host.slow()
    return 7
def refused():
    try:
        _host.refuses()
    except RuntimeError:
        while True: pass
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
      expect(error.code).toBe('time-limit');
      expect(error.moduleError?.file).toBe('/volume/m.py');
      expect(call('fine')).toBe(42);
    }
    expect(engine.fatalError).toBe(undefined);
  });

  it('does not count the time in which a debugger waits for its user', async () => {
    const { call } = await make(100);
    expect(call('patient')).toBe(7);
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
