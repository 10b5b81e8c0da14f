/**
 * Python code that harms its own request or interpreter, and no other volume. Similar cases run in
 * `test:long`.
 */
import { describe, expect, it, vi } from 'vitest';
import { EIO, EPERM } from '../../runtime/core/errno.ts';
import { collectGarbage } from '../../runtime/sys/scheduled-collection.ts';
import { ATTEMPT_FILES, runAttempt, withoutLeftOut } from '../../test/support/attempt.ts';
import { startModule } from '../../test/support/module.ts';
import { onlyInFirst, selectVariants } from '../../test/support/test-selection.ts';

const HARM: readonly (readonly [string, string])[] = [
  ['os._exit', 'import os\nos._exit(3)'],
  ['os.abort', 'import os\nos.abort()'],
  ['sys.exit', 'import sys\nsys.exit(3)'],
  ['a signal to itself', 'import signal\nsignal.raise_signal(signal.SIGTERM)'],
  [
    'invalid bytecode',
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
  [
    'no host',
    `from _glossa import _host
for n in list(vars(_host)): setattr(_host, n, None)`,
  ],
  ['finalizers', 'class A:\n    def __del__(self):\n        while True: pass\na = A()\ndel a'],
  ['something at the end', 'import atexit\natexit.register(lambda: print("at the end") or 1 / 0)'],
];

/** Bytecode that no compiler produced. */
const code = (bytes: string, more = ''): string => `def f(): return 1
f.__code__ = f.__code__.replace(co_code=bytes([${bytes}])${more})
f()`;
const name = (op: string): string => `__import__("opcode").opmap["${op}"]`;

/** Corruptions of Python's memory, which stay inside the interpreter. */
const CORRUPTION: readonly (readonly [string, string])[] = [
  [
    'a variable beyond all',
    code(`${name('RESUME')}, 0, ${name('LOAD_FAST')}, 250, ${name('RETURN_VALUE')}, 0`),
  ],
  [
    'a constant beyond all',
    code(`${name('RESUME')}, 0, ${name('LOAD_CONST')}, 250, ${name('RETURN_VALUE')}, 0`),
  ],
  ['a stack that is empty', code(`*[${name('POP_TOP')}, 0] * 200`)],
  ['a stack that is too small', code(`*[${name('LOAD_CONST')}, 0] * 20000`, ', co_stacksize=1')],
  ['a jump to nowhere', code(`${name('JUMP_FORWARD')}, 255, ${name('RETURN_VALUE')}, 0`)],
  [
    'a write over what is there',
    code(`${name('RESUME')}, 0, *[${name('LOAD_CONST')}, 0, ${name('STORE_FAST')}, 200] * 50`),
  ],
  ['no end', code(`${name('RESUME')}, 0`)],
  ['a made-up object', 'import ctypes'],
  [
    'marshal with bad code',
    'import marshal\nc = marshal.dumps(compile("1", "x", "exec"))\nfor i in range(len(c)):\n    try: exec(marshal.loads(c[:i] + bytes([255]) + c[i + 1:]))\n    except Exception: pass',
  ],
  ['a crash on purpose', 'import faulthandler\nfaulthandler._sigsegv()'],
  ['a read of nothing', 'import faulthandler\nfaulthandler._read_null()'],
  ['a stack overflow in C', 'import faulthandler\nfaulthandler._stack_overflow()'],
  ['an abort', 'import faulthandler\nfaulthandler._fatal_error_c_thread()'],
  ['a hook that is a lie', 'import sys\nsys.addaudithook(lambda *a: 1 / 0)'],
  ['a profile function', 'import sys\nsys.setprofile(lambda *a: 1 / 0)'],
  [
    'monitoring',
    'import sys\nsys.monitoring.use_tool_id(0, "x")\nsys.monitoring.register_callback(0, 1, lambda *a: 1 / 0)\nsys.monitoring.set_events(0, 1)',
  ],
  ['an import that is a lie', 'import builtins\nbuiltins.__import__ = None'],
  [
    'classes of the library',
    'import glupy\nfor c in (glupy.Loc, glupy.Frame): c.__init__ = c.__getattribute__ = None',
  ],
  [
    'an exception that lies',
    'class E(Exception):\n    def __str__(self): raise E\n    def __repr__(self): raise E\nraise E',
  ],
  ['warnings', 'import warnings\nwarnings.showwarning = lambda *a: 1 / 0\nwarnings.warn("x")'],
];

/** Titles of cases similar to others here. */
const ALIKE = [
  ...['a loop in C', 'an endless iterator', 'a very long range', 'a long sleep', 'an empty queue'],
  ...['a regular expression', 'finalizers', 'marshalled code', 'a constant beyond all'],
  ...['a stack that is empty', 'a jump to nowhere', 'a write over what is there', 'no end'],
  ...['marshal with bad code', 'a read of nothing', 'an abort', 'a profile function', 'warnings'],
];

describe('a Python module', () => {
  it.each(
    selectVariants(withoutLeftOut([...HARM, ...CORRUPTION]), ([title]) => !ALIKE.includes(title)),
  )('harms only its own volume with %s', async (_title, source) => {
    const own = await startModule(ATTEMPT_FILES, {
      options: { 'time-limit': '1', 'memory-limit': '96MB' },
    });
    const { errno } = runAttempt(own, source);
    expect([EIO, EPERM]).toContain(errno);
    const next = own.ask('access', own.knownLoc('file'), 1, null);
    // After the loss of an interpreter the request waits for the next one.
    await vi.waitFor(() => expect(next.count).toBe(1), { timeout: 50_000, interval: 5 });
    expect([EIO, EPERM]).toContain(next.opErrno);
  });
});

/** Code that makes the host keep about 20 MB, unless the host limits it. */
const KEPT: readonly (readonly [string, string])[] = [
  [
    'a line that has no end',
    'import glupy\nglupy.tty = open("/dev/tty", "wb", 0)\nglupy.tty.write(b"x" * 2_500_000)',
  ],
  [
    'names of hosts',
    `import socket
s = socket.socket()
for i in range(20):
    try: s.connect((b"a" * 1_000_000 + bytes([i + 65]), 9))
    except OSError: pass`,
  ],
];

it.each(selectVariants(KEPT, () => true))(
  'the host holds less than 5 MB of memory for %s of a Python module',
  async (_title, source) => {
    const own = await startModule(ATTEMPT_FILES, { options: { 'time-limit': '120' } });
    runAttempt(own, 'import socket');
    const before = readHeldBytes();
    expect(runAttempt(own, source).errno).toBe(EPERM);
    expect(readHeldBytes() - before).toBeLessThan(5_000_000);
  },
);

onlyInFirst(() => {
  it("a Python module's messages to the mount fail once they exceed its memory limit", async () => {
    const own = await startModule(ATTEMPT_FILES, {
      options: { 'time-limit': '120', 'memory-limit': '96MB' },
    });
    const source = `from _glossa import _host
for i in range(200): _host.invalidate('["entry", 1, "' + "x" * 1_000_000 + '", true]')`;
    expect(runAttempt(own, source).result).toMatch(/^raised RuntimeError: .*option memory-limit/);
    expect(runAttempt(own, 'r = 1').result).toBe('1');
  });
});

/** Bytes in use after garbage collection. */
function readHeldBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
