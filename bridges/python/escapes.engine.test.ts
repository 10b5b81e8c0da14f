/**
 * What a script may try to get out, to reach what it was not given, or to harm others: each attempt
 * runs for a request of a real volume, is refused, logged where it is plainly forbidden, and leaves
 * what lies outside as it was. The realm behind all this is tried in sandbox.engine.test.ts.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Dict } from '../../runtime/core/dict.ts';
import { EIO, EPERM } from '../../runtime/core/errno.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { moduleGraph, type RunningModule, startModule } from '../../test/support/module.ts';

const MODULE = `from glupy import *

class xlator(Translator):
    def stat(self, frame, loc, xdata):
        names = {"self": self, "frame": frame, "xdata": xdata}
        try:
            exec(xdata["source"], names)
            result = repr(names.get("r"))
        except Exception as error:
            result = "raised " + type(error).__name__ + ": " + str(error)
        self.log.error("RESULT " + result)
        frame.fail(EPERM)

    def access(self, frame, loc, mask, xdata):
        frame.fail(EPERM)
`;

const canary = { value: 'of the host' };
let folder: string;
let run: RunningModule;

beforeAll(async () => {
  process.env.GLOSSA_TEST_SECRET = 'secret of the host';
  process.env.GLOSSA_TEST_GIVEN = 'given';
  Object.assign(globalThis, { glossaCanary: canary });
  folder = mkdtempSync(join(tmpdir(), 'glossa-escapes-'));
  for (const name of ['code', 'read', 'write', 'other']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'code', 'm.py'), MODULE);
  writeFileSync(join(folder, 'read', 'file'), 'to be read');
  writeFileSync(join(folder, 'other', 'canary'), 'untouched');
  symlinkSync(join(folder, 'other', 'canary'), join(folder, 'read', 'link'));
  symlinkSync('../other', join(folder, 'read', 'folder'));
  symlinkSync('file', join(folder, 'read', 'inner'));
  execFileSync('mkfifo', [join(folder, 'read', 'fifo')]);
  run = moduleGraph(join(folder, 'code'), { options: grants() });
  await run.graph.start();
  return async () => {
    await run.graph.stop();
    rmSync(folder, { recursive: true });
    Reflect.deleteProperty(globalThis, 'glossaCanary');
    delete process.env.GLOSSA_TEST_SECRET;
    delete process.env.GLOSSA_TEST_GIVEN;
  };
});

const grants = (): Record<string, string> => ({
  'allow-read': join(folder, 'read'),
  'allow-write': join(folder, 'write'),
  'allow-env': 'GLOSSA_TEST_GIVEN',
});

/** What lies outside is as it was, and the volume answers. */
afterEach(() => {
  expect(canary).toEqual({ value: 'of the host' });
  expect(process.env.GLOSSA_TEST_SECRET).toBe('secret of the host');
  expect(readFileSync(join(folder, 'other', 'canary'), 'utf8')).toBe('untouched');
  expect(run.ask('access', run.known('file'), 1, null)).toMatchObject({ opErrno: EPERM });
});

/** Runs Python for a request; what came of it and what was logged besides. */
function attempt(source: string, on = run): { result: string; log: string; errno: number } {
  on.context.lines.length = 0;
  const text = source.replaceAll('FOLDER', folder);
  const reply = on.ask('stat', on.known('file'), Dict.of({ source: text }));
  const lines = on.context.lines.splice(0);
  const at = lines.findIndex((line) => line.includes('RESULT '));
  const result = at < 0 ? '' : lines.splice(at, 1)[0]!.replace(/^.*?RESULT /s, '');
  return { result, log: lines.join('\n'), errno: reply.opErrno };
}

type Attempt = readonly [title: string, source: string, result: RegExp, log?: RegExp];

const inGarbage = (name: string): string =>
  `import gc\nfound = [o for o in gc.get_objects() if getattr(o, "__name__", "") == "${name}"]\n`;

const JAVASCRIPT: readonly Attempt[] = [
  ['import js', 'import js', /ModuleNotFoundError: refused: import js/, /refused: import js/],
  ['pyodide_js', 'import pyodide_js', /ModuleNotFound/, /refused: import pyodide_js/],
  ['run_js', 'from pyodide.code import run_js', /ModuleNotFound/, /refused: import pyodide/],
  ['pyodide.http', 'import pyodide.http', /ModuleNotFound/, /refused: import pyodide\.http/],
  ['the proxies', 'from pyodide.ffi import to_js', /ModuleNotFound/, /import pyodide\.ffi/],
  ['the core', 'import _pyodide_core', /ModuleNotFound/, /refused: import _pyodide_core/],
  ['mountNodeFS', 'from pyodide_js import mountNodeFS', /ModuleNotFound/],
  ['micropip', 'import micropip', /ModuleNotFound/, /refused: import micropip/],
  ['import_module', 'import importlib\nimportlib.import_module("js")', /ModuleNotFound/],
  ['__import__', '__import__("js")', /ModuleNotFound/],
  ['sys.modules', 'import sys\nr = [n for n in sys.modules if "js" in n.split("_")]', /^\[\]$/],
  [
    'the finder of JavaScript modules',
    `import gc, sys
finders = [o for o in gc.get_objects() if type(o).__name__ == "JsFinder"]
for finder in finders:
    sys.meta_path.insert(0, finder)
try: import js
finally: del sys.meta_path[:len(finders)]`,
    /ModuleNotFound/,
  ],
  [
    'what that finder knows',
    `import gc
r = [o.jsproxies for o in gc.get_objects() if type(o).__name__ == "JsFinder" and o.jsproxies]`,
    /^\[\]$/,
  ],
  [
    'to_js from the garbage collector',
    `${inGarbage('to_js')}for f in found: f([1])`,
    /raised|^None$/,
  ],
  [
    'create_proxy from the garbage collector',
    `${inGarbage('create_proxy')}r = [f(print) for f in found]`,
    /raised|^\[\]$/,
  ],
  [
    'run_js from the garbage collector',
    `${inGarbage('run_js')}r = [f("1 + 1") for f in found]`,
    /raised|^\[\]$/,
  ],
  [
    'any object of JavaScript that something refers to',
    `import gc
seen, todo, r = set(), [o for o in gc.get_objects()], []
todo = [o for o in todo if "yodide" in str(getattr(type(o), "__module__", ""))]
while todo:
    o = todo.pop()
    if id(o) in seen: continue
    seen.add(id(o))
    if hasattr(o, "js_id") and not isinstance(o, type): r.append(o)
    if len(seen) < 20000: todo.extend(gc.get_referents(o))`,
    /^\[\]$/,
  ],
];

const NATIVE: readonly Attempt[] = [
  ['ctypes', 'import ctypes', /ModuleNotFound/, /refused: import ctypes/],
  ['_ctypes', 'import _ctypes', /ModuleNotFound/, /refused: import _ctypes/],
  [
    '_ctypes without an import',
    `import _imp, importlib.machinery
r = _imp.create_builtin(importlib.machinery.ModuleSpec("_ctypes", None))`,
    /^None$|raised/,
  ],
  [
    'a shared object',
    `import importlib.machinery as m
open("/tmp/x.so", "wb").write(b"\\0asm\\1\\0\\0\\0")
loader = m.ExtensionFileLoader("x", "/tmp/x.so")
loader.create_module(m.ModuleSpec("x", loader, origin="/tmp/x.so"))`,
    /ImportError: refused: \/tmp\/x\.so/,
    /refused: load \/tmp\/x\.so/,
  ],
  [
    'the sandbox itself',
    `${inGarbage('hook')}
for f in found:
    if type(f) is type(lambda: 0): f.__code__ = (lambda event, args: None).__code__
import js`,
    /raised (PermissionError: .*the sandbox is not a module's|ModuleNotFoundError)/,
  ],
  [
    'what the sandbox tells with',
    `import _host, sys
kept = _host.refused, _host.granted
_host.refused = lambda what: None
_host.granted = lambda right, path: 1
try: open("FOLDER/other/canary").read()
finally: _host.refused, _host.granted = kept`,
    /PermissionError/,
    /refused: open/,
  ],
];

const FILES: readonly Attempt[] = [
  ['a file', 'open("/etc/passwd")', /PermissionError.*option allow-read \/etc\/passwd/, /passwd/],
  ['the environment of the process', 'open("/proc/self/environ")', /raised/],
  ['a folder', 'import os\nos.listdir("/etc")', /PermissionError.*option allow-read \/etc/],
  ['the processes', 'import os\nos.listdir("/proc/1")', /raised/],
  ['the code of the project', `open("${join(packageRoot, 'package.json')}")`, /PermissionError/],
  ['the own source', 'open("FOLDER/code/m.py")', /PermissionError.*allow-read/],
  ['io.FileIO', 'import io\nio.FileIO("FOLDER/other/canary")', /PermissionError/],
  ['os.open', 'import os\nos.open("FOLDER/other/canary", os.O_RDONLY)', /PermissionError/],
  ['os.stat', 'import os\nos.stat("FOLDER/other/canary")', /FileNotFoundError|PermissionError/],
  ['a way up', 'open("FOLDER/read/../other/canary")', /PermissionError/],
  ['a way up by a folder', 'import os\nos.chdir("FOLDER/read")\nopen("../other/canary")', /raised/],
  ['a link to a file', 'open("FOLDER/read/link")', /FileNotFoundError|PermissionError/],
  ['a link to a folder', 'open("FOLDER/read/folder/canary")', /FileNotFound|PermissionError/],
  ['a pipe', 'open("FOLDER/read/fifo")', /raised/],
  ['a NUL', 'open("FOLDER/read/file\\0/../../other/canary")', /raised/],
  ['writing', 'open("FOLDER/read/file", "w")', /PermissionError.*allow-write/, /refused: open/],
  ['appending', 'open("FOLDER/read/file", "a")', /PermissionError.*allow-write/],
  ['removing', 'import os\nos.remove("FOLDER/read/file")', /PermissionError.*allow-write/],
  ['truncating', 'import os\nos.truncate("FOLDER/read/file", 0)', /PermissionError/],
  ['a change of mode', 'import os\nos.chmod("FOLDER/read/file", 0)', /PermissionError/],
  [
    'moving from where may be written to where may not',
    `import os
open("FOLDER/write/x", "w").close()
os.rename("FOLDER/write/x", "FOLDER/other/canary")`,
    /PermissionError/,
  ],
  ['reading what may be written', 'open("FOLDER/write/x")', /PermissionError.*allow-read/],
  ['a new link', 'import os\nos.symlink("/etc/passwd", "FOLDER/write/l")', /raised/],
  ['a hard link', 'import os\nos.link("FOLDER/read/file", "FOLDER/write/l")', /raised/],
  [
    'the environment',
    'import os\nr = os.environ.get("GLOSSA_TEST_SECRET"), os.environ["GLOSSA_TEST_GIVEN"]',
    /^\(None, 'given'\)$/,
  ],
  [
    'more open files than there may be',
    'r = [open("FOLDER/read/file") for _ in range(99)]',
    /raised/,
  ],
];

const WORLD: readonly Attempt[] = [
  ['a process', 'import subprocess\nsubprocess.run(["ls"])', /raised OSError/],
  ['fork', 'import os\nos.fork()', /PermissionError/, /refused: os\.fork/],
  ['a shell', 'import os\nos.system("touch FOLDER/other/x")', /raised/, /refused: os\.system/],
  ['exec', 'import os\nos.execv("/bin/ls", ["ls"])', /raised/, /refused: os\.exec/],
  [
    'a thread',
    'import threading\nthreading.Thread(target=print).start()',
    /RuntimeError/,
    /a thread/,
  ],
  [
    'multiprocessing',
    'import multiprocessing\nmultiprocessing.Process(target=print).start()',
    /raised/,
  ],
  [
    'a connection',
    'import socket\nsocket.create_connection(("127.0.0.1", 9))',
    /PermissionError: .*a module has no network/,
    /refused: socket/,
  ],
  [
    'a server',
    'import socket\nsocket.socket().bind(("127.0.0.1", 0))',
    /raised/,
    /refused: socket/,
  ],
  ['http', 'import http.client\nhttp.client.HTTPConnection("localhost").connect()', /raised/],
  ['a URL', 'import urllib.request\nurllib.request.urlopen("http://localhost/")', /raised/],
  ['a pipe', 'import os\nos.pipe()', /OSError/],
];

const HOST: readonly Attempt[] = [
  [
    'functions of the host',
    `import _host, types
fs = [f for f in vars(_host).values() if callable(f)]
r = {(type(f).__name__, f.__self__) for f in fs}, [n for n in dir(fs[0]) if "__" not in n]`,
    /^\(\{\('builtin_function_or_method', None\)\}, \[\]\)$/,
  ],
  [
    'errors of the host',
    `import _host
try: _host.push(99999, "x")
except Exception as error:
    tb, r = error.__traceback__, []
    while tb: r.append(tb.tb_frame.f_code.co_filename); tb = tb.tb_next
    r = [f for f in r if f not in ("<string>",) and "_glossa" not in f]`,
    /^\[\]$|^None$/,
  ],
  ['a request of others', 'import _host\n_host.push(424242, "[]")', /raised/],
  ['a huge number', 'import _host\n_host.push(2 ** 70, "[]")', /raised/],
  ['no number', 'import _host\n_host.push(float("nan"), "[]")', /raised/],
  ['a message that is none', 'import _host\n_host.push(-5, "]")', /raised/],
  ['a deep message', 'import _host\n_host.push(-5, "[" * 100000)', /raised/],
  ['arguments of others', 'import _host\nr = _host.fetch(424242, -1, 0)', /^None$/],
  ['inodes of others', 'import _host\nr = _host.inode(424242), _host.fd(-1)', /^\(None, None\)$/],
  ['frames of the host', 'import sys\nr = sys._getframe(2).f_code.co_filename', /glupy|raised/],
  ['a line of the log', 'self.log.error("a\\n[2026] E [x] forged")', /^None$/, / {4}\[2026\] E/],
  ['control characters', 'self.log.error("\\x1b[2J")', /^None$/, /\\x1b\[2J/],
  ['a huge line', 'self.log.error("x" * 10_000_000)', /^None$/, /characters more/],
  ['a huge print', 'print("x" * 10_000_000)', /^None$/],
  ['files in memory without end', 'open("/tmp/big", "wb").write(bytes(100_000_000))', /OSError/],
];

const TOPICS: readonly (readonly [string, readonly Attempt[]])[] = [
  ['JavaScript', JAVASCRIPT],
  ['native code and the sandbox', NATIVE],
  ['files and environment', FILES],
  ['processes and network', WORLD],
  ['the host', HOST],
];

describe.each(TOPICS)('%s', (_topic, attempts) => {
  it.each(attempts.map((one) => ({ one, title: one[0] })))('$title', ({ one }) => {
    const [, source, expected, logged] = one;
    const { result, log, errno } = attempt(source);
    expect(result).toMatch(expected);
    expect(errno).toBe(EPERM);
    run.history.push(log);
    const history = run.history.join('\n');
    if (logged !== undefined) expect(history).toMatch(logged);
    // Whatever is refused with a reason is in the log, each once; but for the module's own source,
    // where Python looks by itself.
    const [, what] = /refused: ([^(]+) \(/.exec(result) ?? [];
    const [, path] = /\(option allow-\w+ ([^)]+)\)/.exec(result) ?? [];
    const named = what ?? (path && basename(path));
    if (named !== undefined && named !== 'm.py') {
      expect(history).toMatch(new RegExp(`refused: .*${named}`));
    }
  });
});

/** What may cost the script's own request or interpreter, and nobody else anything. */
const HARM: readonly (readonly [string, string])[] = [
  ['os._exit', 'import os\nos._exit(3)'],
  ['os.abort', 'import os\nos.abort()'],
  ['sys.exit', 'import sys\nsys.exit(3)'],
  ['a signal to itself', 'import signal\nsignal.raise_signal(signal.SIGTERM)'],
  [
    'bytecode that is none',
    `def f(): return 1
f.__code__ = f.__code__.replace(co_code=bytes([82, 255] * 50), co_consts=())
f()`,
  ],
  ['marshalled code', 'import marshal\nexec(marshal.loads(b"\\xe3" + bytes(200)))'],
  ['a pickle', 'import pickle\npickle.loads(b"cos\\nabort\\n(tR.")'],
  ['a loop', 'while True: pass'],
  [
    'a loop that takes no interrupt',
    `while True:
    try:
        while True: pass
    except BaseException: pass`,
  ],
  ['a loop in C', 'any(iter(int, 1))'],
  ['an endless iterator', 'import itertools\nsum(itertools.repeat(0))'],
  ['a very long range', 'import collections\ncollections.deque(range(10 ** 15), maxlen=0)'],
  ['a long sleep', 'import time\ntime.sleep(1e9)'],
  ['a lock', 'import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()'],
  ['an empty queue', 'import queue\nqueue.Queue().get()'],
  [
    'a signal handler of its own',
    'import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass',
  ],
  ['a regular expression', 'import re\nre.match("(a+)+b", "a" * 50)'],
  ['memory', 'x = []\nwhile True: x.append(bytes(10_000_000))'],
  ['recursion', 'import sys\nsys.setrecursionlimit(10 ** 9)\ndef f(): f()\nf()'],
  ['a trace function', 'import sys\nsys.settrace(lambda *a: 1 / 0)'],
  ['no json', 'import json\njson.dumps = json.loads = lambda *a: 1 / 0\nraise ValueError'],
  [
    'no builtins',
    'import builtins\nfor n in ("isinstance", "getattr", "type"): delattr(builtins, n)',
  ],
  ['no host', 'import _host\nfor n in list(vars(_host)): setattr(_host, n, None)'],
  ['finalizers', 'class A:\n    def __del__(self):\n        while True: pass\na = A()\ndel a'],
  ['something at the end', 'import atexit\natexit.register(lambda: print("at the end") or 1 / 0)'],
];

describe("harm is a script's own", () => {
  it.each(HARM)('%s', async (_title, source) => {
    const own = await startModule(MODULE_FILES, {
      options: { 'time-limit': '1', 'memory-limit': '96MB' },
    });
    const { errno } = attempt(source, own);
    expect([EIO, EPERM]).toContain(errno);
    const next = own.ask('access', own.known('file'), 1, null);
    // After the loss of an interpreter a request waits for its successor.
    await vi.waitFor(() => expect(next.count).toBe(1), { timeout: 30_000, interval: 5 });
    expect([EIO, EPERM]).toContain(next.opErrno);
  });
});

const MODULE_FILES = { 'm.py': MODULE };
