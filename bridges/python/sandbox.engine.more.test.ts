/**
 * The realm around the interpreter, tested alone: without Python's own refusals (`confine: false`) a
 * module does get JavaScript objects, and climbs from there.
 */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { loadModule, testEngines } from '../../test/support/python-engines.ts';
import type { Call, Engine } from './engine.ts';

const engines = testEngines(inject('runFolder'));
let engine: Engine;
/** Runs Python; returns `repr(r)`, or the exception's class and message. */
let attempt: Call<'s', 's'>;

const ATTEMPT = `
def attempt(source):
    names = {}
    try:
        exec(source, names)
        return repr(names.get("r"))
    except BaseException as error:
        return "raised " + type(error).__name__ + ": " + str(error)
`;

beforeAll(async () => {
  process.env.GLOSSA_TEST_SECRET = 'secret-of-the-host';
  engine = await engines.make({
    timeLimitMs: 5000,
    confine: false,
    hostFunctions: { nothing: { params: '', result: 'v', call: () => undefined } },
  });
  attempt = engine.makeCall(engine.findAttribute(loadModule(engine, ATTEMPT), 'attempt'), 's', 's');
});
afterAll(() => {
  delete process.env.GLOSSA_TEST_SECRET;
  engines.close();
});

/** Puts an object of the realm into `x`: the first step of every climb. */
const PROXY = 'from pyodide.ffi import to_js, create_proxy\nx = to_js([1, 2])\n';

const REFUSED: [string, string, RegExp][] = [
  ['run_js', 'from pyodide.code import run_js\nr = run_js("1")', /raised/],
  [
    'constructor.constructor',
    `${PROXY}r = x.constructor.constructor("return process")()`,
    /EvalError: Code generation from strings disallowed/,
  ],
  [
    'the constructor of a function of the host module',
    `${PROXY}r = create_proxy(len).constructor.constructor("return 1")()`,
    /raised/,
  ],
  ['a file of the host', 'r = open("/etc/passwd").read()', /FileNotFoundError/],
  ['the process table', 'import os\nr = os.listdir("/proc/1")', /FileNotFoundError/],
  ['a child process', 'import subprocess\nsubprocess.run(["ls"])', /OSError/],
  ['fork', 'import os\nos.fork()', /OSError/],
  ['a thread', 'import threading\nthreading.Thread(target=print).start()', /RuntimeError/],
  ['a timer', `${PROXY}import asyncio\nasyncio.run(asyncio.sleep(1))`, /raised/],
];

/** Walks breadth first over properties, getters included, and prototypes. */
const CLIMB = `${PROXY}
import gc, pyodide.ffi
Object = x.constructor.constructor.__proto__.__proto__.constructor
todo = [x, Object, create_proxy(attempt) if "attempt" in globals() else Object]
todo += [o for o in gc.get_objects() if isinstance(o, pyodide.ffi.JsProxy)]
try: x.constructor.constructor("1")
except BaseException as error: todo.append(getattr(error, "js_error", error))
BAD = {"hostMark", "process", "require", "mainModule", "Buffer", "_linkedBinding"}
seen, found = set(), "nothing of the host"
def add(o):
    if isinstance(o, (pyodide.ffi.JsProxy, pyodide.ffi.JsException)): todo.append(o)
while todo and len(seen) < 5000:
    o = todo.pop(0)
    try:
        if o.js_id in seen: continue
        seen.add(o.js_id)
    except BaseException: continue
    if hasattr(o, "hostMark"): found = o
    try: names = list(Object.getOwnPropertyNames(o))
    except BaseException: names = []
    for name in names:
        if name in BAD: found = name
        try: add(getattr(o, name))
        except BaseException: pass
        try:
            d = Object.getOwnPropertyDescriptor(o, name)
            add(d.get), add(d.set)
        except BaseException: pass
    try: add(Object.getPrototypeOf(o))
    except BaseException: pass
r = found, len(seen)`;

describe('the sandbox of a Python module', () => {
  it.each(REFUSED)('refuses %s', (_what, source, expected) => {
    expect(attempt(source)).toMatch(expected);
  });

  it('hides the environment, arguments, folder and process id of the host', () => {
    const result = attempt(`import os, sys, platform
r = dict(os.environ), sys.argv, os.getcwd(), os.getpid(), os.uname(), sys.path, os.listdir("/")`);
    expect(result).not.toContain('secret-of-the-host');
    expect(result).not.toContain(process.cwd());
    expect(result).not.toContain(String(process.pid));
  });

  it('opens no connection to a server of the host', async () => {
    let connections = 0;
    const server = createServer(() => {
      connections += 1;
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    expect(attempt(`import socket\nsocket.create_connection(("127.0.0.1", ${port}))`)).toMatch(
      /raised/,
    );
    // Earlier connections are accepted first.
    const own = connect(port, '127.0.0.1');
    await once(server, 'connection');
    own.destroy();
    server.close();
    expect(connections).toBe(1);
  });

  it('has no object that leads to an object of the host', () => {
    // Every object of this realm inherits the mark; one of the interpreter's realm cannot.
    const mark = Object.defineProperty(Object.prototype, 'hostMark', {
      value: 1,
      configurable: true,
    }) as { hostMark?: number };
    const result = attempt(CLIMB);
    delete mark.hostMark;
    expect(result).toMatch(/^\('nothing of the host', \d{3,}\)$/);
  });

  it('has host functions without attributes that lead to the host', () => {
    const result = attempt(`import _host
r = type(_host.nothing).__name__, _host.nothing.__self__, [n for n in dir(_host.nothing) if "__" not in n]`);
    expect(result).toBe("('builtin_function_or_method', None, [])");
  });

  it("does not let Python see the host's call sites in the stack of an error", () => {
    // Node asks Error.prepareStackTrace of the realm.
    const result = attempt(`${PROXY}
Object = x.constructor.constructor.__proto__.__proto__.constructor
try: x.constructor.constructor("1")
except BaseException as error: made = error
Error = Object.getPrototypeOf(getattr(made, "js_error", made).constructor)
got = []
try: Error.prepareStackTrace = create_proxy(lambda e, sites: got.append(sites))
except BaseException as error: refused = type(error).__name__
try: x.constructor.constructor("1")
except BaseException as error: str(getattr(getattr(error, "js_error", error), "stack", ""))
r = Error.name, refused, got`);
    expect(result).toMatch(/^\('Error', '\w+', \[\]\)$/);
  });
});

it("a Python module's changes to JavaScript's prototypes do not reach outside of its sandbox", async () => {
  const other = await engines.make({ confine: false });
  const source = `${PROXY}x.constructor.prototype.push = None
x.constructor.constructor.prototype.altered = 1
def f(): return sum(range(10))
`;
  const f = other.makeCall(other.findAttribute(loadModule(other, source), 'f'), '');
  expect((Function.prototype as unknown as { altered?: number }).altered).toBe(undefined);
  expect(typeof Array.prototype.push).toBe('function');
  expect(f()).toBe(45);
});

it('two Python interpreters share no state', async () => {
  const other = await engines.make();
  const source =
    'import sys, os\ndef put(n): sys.shared = n; os.environ["SHARED"] = "1"; return 0\n';
  engine.makeCall(engine.findAttribute(loadModule(engine, source), 'put'), 'i')(5);
  const look =
    'import sys, os\ndef look(): return hasattr(sys, "shared") or "SHARED" in os.environ\n';
  expect(other.makeCall(other.findAttribute(loadModule(other, look), 'look'), '')()).toBe(0);
  const result = engine.findAttribute(engine.load('m2', '/volume/m2.py', look), 'look');
  expect(engine.makeCall(result, '')()).toBe(1);
});
