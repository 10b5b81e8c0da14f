import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { EMLINK, ENOTEMPTY } from '../../runtime/core/errno.ts';
import { loadModule, testEngines } from '../../test/support/python-engines.ts';
import { type Engine, EngineError, type Handle } from './engine.ts';

const engines = testEngines(inject('runFolder'));
afterAll(() => engines.close());

const HOST: unknown[] = [];
let engine: Engine;
let module: Handle;
const fn = (name: string): Handle => engine.findAttribute(module, name);

beforeAll(async () => {
  engine = await engines.make({
    findModule: (name) =>
      name === 'sibling'
        ? {
            path: '/volume/sibling.py',
            source: 'def f():\n    raise KeyError("k")\n',
            package: false,
          }
        : undefined,
    hostFunctions: {
      add: { params: 'ii', result: 'i', call: (a, b) => Number(a) + Number(b) },
      echo: { params: 's', result: 's', call: (text) => text },
      data: { params: 'b', result: 'b', call: (bytes) => bytes },
      keep: { params: 'o', result: 'v', call: (handle) => void HOST.push(handle) },
      fail: {
        params: 'i',
        result: 'v',
        call: (errno) => {
          throw Object.assign(new Error('no such thing'), errno === 0 ? {} : { errno });
        },
      },
      again: { params: '', result: 'i', call: () => callAgain() },
      wrong: { params: '', result: 's', call: () => 1 },
    },
  });
  module = loadModule(engine, SOURCE);
});

const callAgain = (): number => engine.makeCall(fn('add'), 'ii')(20, 22);

const SOURCE = `import errno, os
from _glossa import _host
def same(x): return x
def add(a, b): return a + b
def nothing(): pass
def several(*args): return len(args) if args[1:4] == ("x", None, 0) else -1
def raises(n): raise ValueError("bad " + str(n))
def points(s): return ",".join(hex(ord(c)) for c in s)
def total(data): return sum(data)
def double(view):
    for i in range(len(view)): view[i] *= 2
    return view
def sibling():
    import sibling
    sibling.f()
def missing():
    import no_such_module
def oserror(n): raise OSError(n, os.strerror(n))
def kind(n): return type(OSError(n, "x")).__name__
def host(name, *args): return getattr(_host, name)(*args)
def fails(n):
    try: _host.fail(n)
    except Exception as e: return f"{type(e).__name__} {e}"
def three(a, b, c): return {"a": a, "b": [b, c]}
def enoent(): return errno.ENOENT
def opens(): open("/tmp/file")
class box:
    def __init__(self, n): self.n = n
    def get(self): return self.n
def deep(n): return 0 if n == 0 else 1 + deep(n - 1)
class Odd(Exception):
    def __str__(self): raise TypeError
def odd(): raise Odd
class Text(str): pass
def text(): return Text("sub\\udcffclass")
numbers = []
def keep_all(a, b):
    numbers.extend((a, b))
    return 0
def kept():
    text = repr(numbers)
    del numbers[:]
    return text
def last_name(*names):
    global latest
    latest = names
    return 0
def noted(): return " ".join(latest)
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

describe('values passed between the host and Python', () => {
  it('can be integers up to 2^53, both ways', () => {
    const same = engine.makeCall(fn('same'), 'i');
    fc.assert(fc.property(fc.maxSafeInteger(), (n) => same(n) === n));
    for (const n of [-6, -5, -1, 0, 256, 257, 2 ** 31 - 1, 2 ** 31, -(2 ** 31) - 1]) {
      expect(same(n)).toBe(n);
    }
    expect(engine.makeCall(fn('nothing'), '')()).toBe(0);
  });

  it('can be integers that Python caches, which arrive unchanged', () => {
    const keep = engine.makeArrayCall(fn('keep_all'), 'ii', false);
    const readKept = engine.makeCall(fn('kept'), '', 's');
    const numbers = fc.array(fc.oneof(fc.integer(), fc.integer({ min: 250, max: 2 ** 30 + 5 })));
    fc.assert(
      fc.property(numbers, (sent) => {
        for (const n of sent) keep([n, n]);
        expect(JSON.parse(readKept()!)).toEqual(sent.flatMap((n) => [n, n]));
      }),
    );
  });

  it('can be 20,000 different names, which arrive unchanged', () => {
    const last = engine.makeArrayCall(fn('last_name'), 'nns', false);
    const name = engine.makeCall(fn('noted'), '', 's');
    for (let i = 0; i < 20_000; i++) {
      last([`name-${i}`, `directory-${i % 9000}`, `${i}`]);
      if (i % 1000 < 3) expect(name()).toBe(`name-${i} directory-${i % 9000} ${i}`);
    }
  });

  it('can be arbitrary strings both ways, lone surrogates included', () => {
    for (const kinds of ['s', 'n']) {
      const same = engine.makeCall(fn('same'), kinds, 's');
      const units = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 700 });
      fc.assert(
        fc.property(units, (codes) => {
          const text = String.fromCharCode(...codes);
          return same(text) === text;
        }),
      );
      fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => same(text) === text));
      for (const text of ['', 'é', 'a\udc80b\udcff', 'x'.repeat(5000), '😀'.repeat(5000)]) {
        expect(same(text)).toBe(text);
      }
    }
    const points = engine.makeCall(fn('points'), 's', 's');
    expect(points('a\udc80😀')).toBe('0x61,0xdc80,0x1f600');
    expect(engine.makeCall(fn('text'), '', 's')()).toBe('sub\udcffclass');
  });

  it('can be bytes, both ways', () => {
    const data = Uint8Array.from({ length: 200_000 }, (_, i) => i & 255);
    expect(engine.makeCall(fn('total'), 'b')(Uint8Array.of(1, 2, 250))).toBe(253);
    expect(engine.makeCall(fn('same'), 'b', 'b')(data)).toEqual(data);
    expect(engine.makeCall(fn('double'), 'm', 'b')(Uint8Array.of(1, 2, 3))).toEqual(
      Uint8Array.of(2, 4, 6),
    );
    expect(engine.makeCall(fn('same'), 'b', 'b')(new Uint8Array(0))).toEqual(new Uint8Array(0));
  });

  it('can be handles of Python objects, whose methods the host can call', () => {
    const box = engine.makeCall(fn('box'), 'i', 'o')(7);
    expect(engine.makeCall(engine.findAttribute(box, 'get'), '')()).toBe(7);
    expect(engine.makeCall(fn('box.get'), 'o')(box)).toBe(7);
    engine.release(box);
  });

  it('can be missing strings and bytes, which are undefined in JavaScript and None in Python', () => {
    expect(engine.makeCall(fn('same'), 's', 's')(undefined)).toBe(undefined);
    expect(engine.makeCall(fn('same'), 'b', 'b')(undefined)).toBe(undefined);
    expect(JSON.parse(engine.callJson(fn('host'), '["echo", null]'))).toBe(null);
  });

  it('can be passed as one array of up to 31 arguments', () => {
    const args = [1, 'x', undefined, ...Array.from({ length: 28 }, (_, i) => i)];
    const count = engine.makeArrayCall(fn('several'), `isn${'i'.repeat(28)}`);
    expect(count(args)).toBe(31);
    expect(() => engine.makeArrayCall(fn('several'), 'i'.repeat(32))).toThrow(EngineError);
  });

  it('can be passed as JSON', () => {
    expect(JSON.parse(engine.callJson(fn('three'), '["ä\\udc80", 2, null]'))).toEqual({
      a: 'ä\udc80',
      b: [2, null],
    });
  });

  it('are refused if their type is wrong', () => {
    expect(catchError(() => engine.makeCall(fn('same'), 's')('text')).message).toMatch(
      /an integer/,
    );
    expect(catchError(() => engine.makeCall(fn('same'), 'i')('text' as never)).message).toMatch(
      /wrong argument/,
    );
    expect(catchError(() => engine.makeCall(fn('same'), 'i', 's')(1)).message).toMatch(/a string/);
    expect(catchError(() => engine.makeCall(fn('same'), 'q')).code).toBe('setup');
    expect(engine.makeCall(fn('add'), 'ii')(1, 2)).toBe(3);
  });
});

describe('a Python error', () => {
  it("names the module's file, line and source line", () => {
    const error = catchError(() => engine.makeCall(fn('raises'), 'i')(1));
    expect(error.code).toBe('exception');
    expect(error.message).toBe('/volume/m.py:7: ValueError: bad 1');
    expect(error.moduleError).toMatchObject({ type: 'ValueError', file: '/volume/m.py', line: 7 });
    expect(error.moduleError?.traceback).toContain('File "/volume/m.py", line 7, in raises');
    expect(error.moduleError?.traceback).toContain('raise ValueError("bad " + str(n))');
    expect(error.moduleError?.traceback).not.toContain('_glossa');
  });

  it("in a sibling module names that module's file and line", () => {
    const { moduleError: script } = catchError(() => engine.makeCall(fn('sibling'), '')());
    expect(script).toMatchObject({ type: 'KeyError', file: '/volume/sibling.py', line: 2 });
    expect(script?.traceback).toContain('raise KeyError("k")');
    expect(catchError(() => engine.makeCall(fn('missing'), '')()).moduleError?.type).toBe(
      'ModuleNotFoundError',
    );
  });

  it('names the line of a syntax error in a module, which cannot be imported afterwards', () => {
    const error = catchError(() => engine.load('broken', '/volume/broken.py', 'a = 1\nb = (\n'));
    expect(error.moduleError).toMatchObject({
      type: 'SyntaxError',
      file: '/volume/broken.py',
      line: 2,
    });
    expect(catchError(() => engine.importModule('broken')).moduleError?.type).toBe(
      'ModuleNotFoundError',
    );
  });

  it("has Linux's errno number", () => {
    expect(engine.makeCall(fn('enoent'), '')()).toBe(2);
    expect(engine.makeCall(fn('kind'), 'i', 's')(2)).toBe('FileNotFoundError');
    expect(engine.makeCall(fn('kind'), 'i', 's')(13)).toBe('PermissionError');
    const error = catchError(() => engine.makeCall(fn('oserror'), 'i')(39));
    expect(error.moduleError).toMatchObject({
      errno: 39,
      message: '[Errno 39] Directory not empty',
    });
    expect(catchError(() => engine.makeCall(fn('opens'), '')()).moduleError?.errno).toBe(2);
  });

  it('has the errno of its OSError, for each from 1 to ENOTEMPTY', () => {
    const oserror = engine.makeCall(fn('oserror'), 'i');
    for (let errno = 1; errno <= ENOTEMPTY; errno++) {
      expect(catchError(() => oserror(errno)).moduleError?.errno).toBe(errno);
    }
    expect(engine.makeCall(fn('kind'), 'i', 's')(EMLINK)).toBe('OSError');
  });

  it('are reported even if their __str__ fails', () => {
    expect(catchError(() => engine.makeCall(fn('odd'), '')()).moduleError?.type).toBe('Odd');
    expect(engine.makeCall(fn('add'), 'ii')(1, 2)).toBe(3);
  });

  it('from endless recursion leave the interpreter usable', () => {
    const deep = engine.makeCall(fn('deep'), 'i');
    expect(deep(500)).toBe(500);
    expect(catchError(() => deep(1_000_000)).moduleError?.type).toBe('RecursionError');
    expect(deep(500)).toBe(500);
  });
});

describe('host functions called by Python', () => {
  const text = (...args: unknown[]): unknown =>
    JSON.parse(engine.callJson(fn('host'), JSON.stringify(args)));

  it('take arguments and return values', () => {
    expect(text('add', 1, 2 ** 40)).toBe(2 ** 40 + 1);
    expect(text('echo', 'é\udc80😀')).toBe('é\udc80😀');
    expect(text('again')).toBe(42);
  });

  it('receive Python objects as handles that live until they are released', () => {
    expect(text('keep', 'kept')).toBe(null);
    const handle = HOST.pop() as Handle;
    expect(engine.makeCall(fn('same'), 'o', 's')(handle)).toBe('kept');
    engine.release(handle);
  });

  it('raise OSError in Python if they fail with an errno, and else RuntimeError', () => {
    const fails = engine.makeCall(fn('fails'), 'i', 's');
    expect(fails(2)).toBe('FileNotFoundError [Errno 2] no such thing');
    expect(fails(0)).toBe('RuntimeError no such thing');
  });

  it('raise an exception in Python for wrong arguments and for results of a wrong type', () => {
    expect(catchError(() => text('add', 1)).message).toMatch(/takes 2 arguments \(1 given\)/);
    expect(catchError(() => text('add', 1, 'x')).message).toMatch(/wrong type/);
    expect(catchError(() => text('wrong')).message).toMatch(/wrong type/);
    expect(text('add', 1, 2)).toBe(3);
  });
});

it("a closed Python engine throws an error with code 'closed' at the next call", async () => {
  const other = await engines.make();
  other.close();
  expect(catchError(() => other.importModule('sys')).code).toBe('closed');
});
