/**
 * Attempts of a Python module to escape its interpreter: each runs in a volume of its own, is refused and
 * logged, and changes nothing outside. `SILENT` lists those that cannot be logged, with the reason.
 * outside.engine.test.ts covers files and the network, harm.engine.more.test.ts damage, and
 * sandbox.engine.more.test.ts the realm.
 */
import { describe, expect, it } from 'vitest';
import { EPERM } from '../../runtime/core/errno.ts';
import { describeRefusals, prepareAttempts } from '../../test/support/attempt.ts';
import { rows } from '../../test/support/rows.ts';

const OBJECTS = 'objects of the host (gc.get_objects sees';

/** Gets the host functions by the one path that remains. */
const FUNCTIONS = 'try: import _host\nexcept ImportError: from _glossa import _host\n';

const collectAround = (name: string): string =>
  `import gc\nfound = [o for o in gc.get_objects() if getattr(o, "__name__", "") == "${name}"]\n`;

const JAVASCRIPT = rows`
import js ⇒ import js ⇒ ModuleNotFoundError: refused: import js ⇒ import js (
pyodide_js ⇒ import pyodide_js ⇒ ModuleNotFound ⇒ import pyodide_js (
run_js ⇒ from pyodide.code import run_js ⇒ ModuleNotFound ⇒ import pyodide.code (
pyodide.http ⇒ import pyodide.http ⇒ ModuleNotFound ⇒ import pyodide.http (
the proxies ⇒ from pyodide.ffi import to_js ⇒ ModuleNotFound ⇒ import pyodide.ffi (
the core ⇒ import _pyodide_core ⇒ ModuleNotFound ⇒ import _pyodide_core (
mountNodeFS ⇒ from pyodide_js import mountNodeFS ⇒ ModuleNotFound ⇒ import pyodide_js (
micropip ⇒ import micropip ⇒ ModuleNotFound ⇒ import micropip (
import_module ⇒ import importlib; importlib.import_module("js") ⇒ ModuleNotFound ⇒ import js (
__import__ ⇒ __import__("js") ⇒ ModuleNotFound ⇒ import js (
the finder of JavaScript modules ⇒ import gc, sys
  finders = [o for o in gc.get_objects() if type(o).__name__ == "JsFinder"]
  for finder in finders:
      sys.meta_path.insert(0, finder)
  try: import js
  finally: del sys.meta_path[:len(finders)]
  ⇒ ModuleNotFound ⇒ import js (
what that finder knows
  ⇒ import gc; r = [o.jsproxies for o in gc.get_objects() if type(o).__name__ == "JsFinder" and o.jsproxies]
  ⇒ ^\[\]$ ⇒ ${OBJECTS}
to_js from the garbage collector ⇒ ${collectAround('to_js')}for f in found: f([1]) ⇒ raised|^None$
  ⇒ ${OBJECTS}
create_proxy from the garbage collector
  ⇒ ${collectAround('create_proxy')}r = [f(print) for f in found] ⇒ raised|^\[\]$ ⇒ ${OBJECTS}
run_js from the garbage collector ⇒ ${collectAround('run_js')}r = [f("1 + 1") for f in found]
  ⇒ raised|^\[\]$ ⇒ ${OBJECTS}
any object of JavaScript that something refers to ⇒ import gc
  seen, todo, r = set(), [o for o in gc.get_objects()], []
  todo = [o for o in todo if "yodide" in str(getattr(type(o), "__module__", ""))]
  while todo:
      o = todo.pop()
      if id(o) in seen: continue
      seen.add(id(o))
      if hasattr(o, "js_id") and not isinstance(o, type): r.append(o)
      if len(seen) < 20000: todo.extend(gc.get_referents(o))
  ⇒ ^\[\]$ ⇒ ${OBJECTS}
`;

const NATIVE = rows`
ctypes ⇒ import ctypes ⇒ ModuleNotFound ⇒ import ctypes (
_ctypes ⇒ import _ctypes ⇒ ModuleNotFound ⇒ import _ctypes (
_ctypes without an import
  ⇒ import _imp, importlib.machinery; r = _imp.create_builtin(importlib.machinery.ModuleSpec("_ctypes", None))
  ⇒ ^None$|raised ⇒ import _ctypes (
a shared object ⇒ import importlib.machinery as m
  open("/tmp/x.so", "wb").write(b"\0asm\1\0\0\0")
  loader = m.ExtensionFileLoader("x", "/tmp/x.so")
  loader.create_module(m.ModuleSpec("x", loader, origin="/tmp/x.so"))
  ⇒ ImportError: refused: load \/tmp\/x\.so ⇒ load /tmp/x.so (a module has no native code)
the sandbox itself ⇒ ${collectAround('hook')}
  for f in found:
      if type(f) is type(lambda: 0): f.__code__ = (lambda event, args: None).__code__
  import js
  ⇒ raised (PermissionError: .*the sandbox is not a module's|ModuleNotFoundError) ⇒ import js (
what the sandbox tells with ⇒ ${FUNCTIONS}
  kept = _host.refused, _host.granted
  _host.refused = lambda what: None
  _host.granted = lambda right, path: 1
  try: open("FOLDER/other/canary").read()
  finally: _host.refused, _host.granted = kept
  ⇒ PermissionError ⇒ open FOLDER/other/canary (
`;

const HOST = rows`
functions of the host ⇒ ${FUNCTIONS}import types
  fs = [f for f in vars(_host).values() if callable(f)]
  r = {(type(f).__name__, f.__self__) for f in fs}, [n for n in dir(fs[0]) if "__" not in n]
  ⇒ ^\(\{\('builtin_function_or_method', None\)\}, \[\]\)$ ⇒ import _host (
errors of the host ⇒ ${FUNCTIONS}
  try: _host.push(99999, "x")
  except Exception as error:
      tb, r = error.__traceback__, []
      while tb: r.append(tb.tb_frame.f_code.co_filename); tb = tb.tb_next
      r = [f for f in r if f not in ("<string>",) and "_glossa" not in f]
  ⇒ ^\[\]$|^None$ ⇒ a message:
a request of others ⇒ ${FUNCTIONS}_host.push(424242, "[]") ⇒ raised
  ⇒ a message: the request has had its answer
a huge number ⇒ ${FUNCTIONS}_host.push(2 ** 70, "[]") ⇒ raised ⇒ a message:
no number ⇒ ${FUNCTIONS}_host.push(float("nan"), "[]") ⇒ raised
  ⇒ push() was given a value of a wrong type
a malformed message ⇒ ${FUNCTIONS}_host.push(-5, "]") ⇒ raised
  ⇒ a message: a message must be a JSON array
a deep message ⇒ ${FUNCTIONS}_host.push(-5, "[" * 100000) ⇒ raised
  ⇒ a message: a message must be a JSON array
arguments of others ⇒ ${FUNCTIONS}r = _host.fetch(424242, -1, 0) ⇒ ^None$
  ⇒ a request that the module was not given
inodes of others ⇒ ${FUNCTIONS}r = _host.inode(424242), _host.fd(-1) ⇒ ^\(None, None\)$
  ⇒ an inode that the module was not given
frames of the host ⇒ import sys; r = sys._getframe(2).f_code.co_filename ⇒ glupy|raised
  ⇒ frames of the host (
files in memory without end ⇒ open("/tmp/big", "wb").write(bytes(100_000_000)) ⇒ OSError
  ⇒ more than 64 MiB in files
links in memory without end ⇒ import os
  with open("/tmp/big", "wb", 0) as big:
      try:
          while True: big.write(bytes(1 << 16))
      except OSError: pass
  try:
      for i in range(1000): os.symlink("x", f"/tmp/{i}")
  except OSError: r = "no more links"
  ⇒ ^'no more links'$ ⇒ more than 64 MiB in files
`;

/** One short log line, under any file name. */
const FORGED = String.raw`^\[[^\n]*\] E \[a\\n\[2026\] E \[x\]:1:b\\n\[2026\] E \[y\]\] 0-top: text$`;

/** Log texts that imitate other log lines. */
const SAID = rows`
a line of the log ⇒ self.log.error("a\n[2026] E [x] forged") ⇒ \n {4}\[2026\] E
control characters ⇒ self.log.error("\x1b[2J") ⇒ \\x1b\[2J
a huge line ⇒ self.log.error("x" * 10_000_000) ⇒ characters more
a huge print ⇒ print("x" * 10_000_000) ⇒ characters more
a place ⇒ from _glossa import _host; _host.log(4, "a\n[2026] E [x]", 1, "b\n[2026] E [y]", "text")
  ⇒ ${FORGED}
a huge place ⇒ from _glossa import _host; _host.log(4, "a" * 10**7, 1, "b" * 10**7, "text")
  ⇒ ^.{0,1000}$
the name of a function and of its file ⇒ def f(): self.log.error("text")
  f.__code__ = f.__code__.replace(co_filename="a\n[2026] E [x]", co_name="b\n[2026] E [y]")
  f()
  ⇒ ${FORGED}
`;

/** Attempts without a log line, with the reason: they call no code that could log. */
const SILENT = rows`
sys.modules ⇒ import sys; r = [n for n in sys.modules if "js" in n.split("_")] ⇒ ^\[\]$
  ⇒ a dict of Python is read, in which there is nothing to find
a NUL ⇒ open("FOLDER/read/file\0/../../other/canary") ⇒ ^raised ValueError
  ⇒ Python itself refuses such a name, before it calls the host
names that are too long ⇒ import os
  long, r = "x" * 300, []
  for f in (lambda: open(long, "w"), lambda: os.mkdir(long), lambda: os.symlink("a", long),
            lambda: os.rename("/tmp/a", long), lambda: os.symlink("a/" * 3000, "b")):
      open("/tmp/a", "w").close()
      try: f()
      except OSError as error: r.append(error.errno)
      else: r.append("taken")
  ⇒ ^\[37, 37, 37, 37, 37\]$ ⇒ they are as long as on every system
`;

describeRefusals('JavaScript', JAVASCRIPT);
describeRefusals('native code and the sandbox', NATIVE);
describeRefusals('the host', HOST);

describe("a Python module's text in the log", () => {
  const { run: attempt } = prepareAttempts();
  it.each(SAID)('cannot imitate another line of the log: %s', (_title, source, logged) => {
    const { result, log, errno } = attempt(source);
    expect(result).toBe('None');
    expect(errno).toBe(EPERM);
    expect(log).toMatch(new RegExp(logged));
  });
});

describe('an attempt to escape from the sandbox that is not logged', () => {
  const { run: attempt } = prepareAttempts();
  it.each(SILENT)('reaches no object of the host: %s', (_title, source, expected) => {
    const { result, log, errno } = attempt(source);
    expect(result).toMatch(new RegExp(expected));
    expect(errno).toBe(EPERM);
    expect(log).toBe('');
  });
});

/** Harmless code that looks like an attempt: it keeps working, and is logged as harmless. */
const FRIENDLY = rows`
a feature test for a module ⇒ try: import ctypes
  except ImportError: r = "without"
  ⇒ 'without' ⇒ : refused: import ctypes \(a module sees only what it is given\)$
a look for a function of os ⇒ import os; r = hasattr(os, "link"), hasattr(os, "no_such_function")
  ⇒ (False, False) ⇒ : refused: os\.link \(not in this Python\)$
a variable with a default ⇒ import os; r = os.getenv("NO_COLOR", "1"), "TERM" in os.environ
  ⇒ ('1', False) ⇒ : refused: variable NO_COLOR .*\n.*: refused: variable TERM [^\n]*$
a variable that it sets itself
  ⇒ import os; r = os.environ.setdefault("A", "1"), os.environ.pop("B", 2), os.environ["A"]
  ⇒ ('1', 2, '1') ⇒ ^$
the standard library, which looks around by itself
  ⇒ import collections, gettext, logging, mimetypes, tarfile, tempfile, warnings, zoneinfo
  tempfile.TemporaryDirectory().cleanup()
  gettext.find("x")
  warnings.warn("w")
  collections.namedtuple("N", "a")
  r = mimetypes.guess_type("a.txt")[0]
  ⇒ 'text/plain' ⇒ ^[^\n]*UserWarning: w$
`;

describe('harmless Python code that looks like an attempt to escape', () => {
  const { run: attempt } = prepareAttempts();
  it.each(FRIENDLY)('keeps working: %s', (_title, source, expected, logged) => {
    const { result, log } = attempt(source);
    expect(result).toBe(expected);
    expect(log).toMatch(new RegExp(logged));
  });
});
