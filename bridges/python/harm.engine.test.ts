/** What may cost a script its own request or interpreter: nobody else loses anything by it. */
import { describe, expect, it, vi } from 'vitest';
import { EIO, EPERM } from '../../runtime/core/errno.ts';
import { ATTEMPT_FILES, attemptIn } from '../../test/support/attempt.ts';
import { startModule } from '../../test/support/module.ts';

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
  [
    'no host',
    `from _glossa import _host
for n in list(vars(_host)): setattr(_host, n, None)`,
  ],
  ['finalizers', 'class A:\n    def __del__(self):\n        while True: pass\na = A()\ndel a'],
  ['something at the end', 'import atexit\natexit.register(lambda: print("at the end") or 1 / 0)'],
];

describe("harm is a script's own", () => {
  it.each(HARM)('%s', async (_title, source) => {
    const own = await startModule(ATTEMPT_FILES, {
      options: { 'time-limit': '1', 'memory-limit': '96MB' },
    });
    const { errno } = attemptIn(own, source);
    expect([EIO, EPERM]).toContain(errno);
    const next = own.ask('access', own.known('file'), 1, null);
    // After the loss of an interpreter a request waits for its successor.
    await vi.waitFor(() => expect(next.count).toBe(1), { timeout: 50_000, interval: 5 });
    expect([EIO, EPERM]).toContain(next.opErrno);
  });
});
