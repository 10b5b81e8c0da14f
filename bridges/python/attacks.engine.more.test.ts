/**
 * Attempts of a Python module to escape, generated from tables: reads, writes, imports, processes,
 * network access, and misleading messages for the host. The attempts of a table share one volume;
 * each is refused and logged, or finds nothing.
 */
import { describe, expect, it } from 'vitest';
import { EPERM } from '../../runtime/core/errno.ts';
import { ATTEMPT_FILES, runAttempt } from '../../test/support/attempt.ts';
import { type RunningModule, startModule } from '../../test/support/module.ts';
import { rows } from '../../test/support/rows.ts';

/** `told` is part of the expected log line; undefined for attempts that find nothing to call. */
interface Attack {
  readonly source: string;
  readonly result: RegExp;
  readonly logged?: string;
}

/** The attacks with an unexpected result. */
function findUnexpected(run: RunningModule, attacks: readonly Attack[]): object[] {
  let all = '';
  return attacks.flatMap(({ source, result: expected, logged }) => {
    const { result, log, errno } = runAttempt(run, source);
    all += `${log}\n`;
    // Once in a volume: it may have been for an attempt before.
    const isLogged =
      logged === undefined ||
      all.split('\n').some((line) => line.includes('refused: ') && line.includes(logged));
    return expected.test(result) && isLogged && errno === EPERM
      ? []
      : [{ source, result, log, errno }];
  });
}

const start = (): Promise<RunningModule> =>
  startModule(ATTEMPT_FILES, { options: { 'time-limit': '60' } });

/** Reads; PLACE is a file of its own without a grant. */
const READERS: readonly string[] = [
  'open("PLACE")',
  'open(b"PLACE")',
  'open("/tmp/../PLACE")',
  'import io; io.open("PLACE", "rb", 0)',
  'import io; io.FileIO("PLACE")',
  'import io; io.open_code("PLACE")',
  'import _io; _io.open("PLACE")',
  'import os; os.open("PLACE", os.O_RDONLY)',
  'import posix; posix.open("PLACE", 0)',
  'import os; os.listdir("PLACE")',
  'import os; list(os.scandir("PLACE"))',
  'import os; next(os.walk("PLACE"))',
  'import pathlib; pathlib.Path("PLACE").read_text()',
  'import pathlib; pathlib.Path("PLACE").read_bytes()',
  'import pathlib; list(pathlib.Path("PLACE").iterdir())',
  'import codecs; codecs.open("PLACE")',
  'import tokenize; tokenize.open("PLACE")',
  'import fileinput; next(fileinput.input(["PLACE"]))',
  'import shutil; shutil.copy("PLACE", "/tmp/copy")',
  'import shutil; shutil.copyfile("PLACE", "/tmp/copy")',
  'import shutil; shutil.copytree("PLACE", "/tmp/tree")',
  'import zipfile; zipfile.ZipFile("PLACE")',
  'import tarfile; tarfile.open("PLACE", "r:")',
  'import gzip; gzip.open("PLACE").read()',
  'import bz2; bz2.open("PLACE").read()',
  'import lzma; lzma.open("PLACE").read()',
  'import wave; wave.open("PLACE")',
  'import netrc; netrc.netrc("PLACE")',
  'import plistlib; plistlib.load(open("PLACE", "rb"))',
  'import mimetypes; mimetypes.MimeTypes(("PLACE",)).read("PLACE")',
  'import runpy; runpy.run_path("PLACE")',
  'import importlib.machinery as m; m.SourceFileLoader("x", "PLACE").get_data("PLACE")',
  'import importlib.machinery as m; m.SourceFileLoader("x", "PLACE").load_module()',
  'import importlib.machinery as m; m.SourcelessFileLoader("x", "PLACE").load_module()',
  'import importlib.resources.readers as m; m.FileReader(type("L", (), {"path": "PLACE/x"})()).path.joinpath("y").read_text()',
  'import marshal; marshal.load(open("PLACE", "rb"))',
  'import pickle; pickle.loads(b"cbuiltins\\nopen\\n(S\'PLACE\'\\ntR.")',
  'class A:\n    def __reduce__(self): return open, ("PLACE",)\nimport copy; copy.copy(A())',
  'class P:\n    def __fspath__(self): return "PLACE"\nopen(P())',
  'class S(str): pass\nopen(S("PLACE"))',
  'import builtins; builtins.open("PLACE")',
  'getattr(__builtins__, "open", None) or __builtins__["open"]\nopen("PLACE")',
  '[c for c in object.__subclasses__() if c.__name__ == "_IOBase"][0].__subclasses__()[0].__subclasses__()\nopen("PLACE")',
  'exec("open(\'PLACE\')", {})',
  'eval(compile("open(\'PLACE\')", "<frozen x>", "eval"))',
  'eval(compile("open(\'PLACE\')", "/lib/python3.14/os.py", "eval"))',
  '(lambda f: f("PLACE"))(__import__("io").open)',
  'import functools; functools.partial(open, "PLACE")()',
  'list(map(open, ["PLACE"]))',
  'import operator; operator.call(open, "PLACE")',
  'with __import__("contextlib").closing(open("PLACE")): pass',
];

const WRITERS: readonly string[] = [
  'open("PLACE", "w")',
  'open("PLACE", "a")',
  'open("PLACE", "x")',
  'open("PLACE", "wb", 0)',
  'import os; os.open("PLACE", os.O_WRONLY | os.O_CREAT)',
  'import os; os.open("PLACE", os.O_RDONLY | os.O_TRUNC)',
  'import os; os.mkdir("PLACE")',
  'import os; os.remove("PLACE")',
  'import os; os.unlink("PLACE")',
  'import os; os.rmdir("PLACE")',
  'import os; os.rename("/tmp", "PLACE")',
  'import os; os.replace("/tmp", "PLACE")',
  'import os; os.truncate("PLACE", 0)',
  'import os; os.chmod("PLACE", 0o777)',
  'import os; os.utime("PLACE")',
  'import pathlib; pathlib.Path("PLACE").write_text("x")',
  'import pathlib; pathlib.Path("PLACE").touch()',
  'import pathlib; pathlib.Path("PLACE").mkdir()',
  'import pathlib; pathlib.Path("PLACE").unlink()',
  'import logging; logging.FileHandler("PLACE")',
  'import zipfile; zipfile.ZipFile("PLACE", "w")',
  'import tarfile; tarfile.open("PLACE", "w:")',
  'import gzip; gzip.open("PLACE", "w")',
  'import tempfile; tempfile.mkdtemp(dir="PLACE")',
  'import wave; wave.open("PLACE", "wb")',
];

/** Names of modules that lead out, and ways to import them. */
const NAMES = ['js', 'pyodide_js', 'pyodide', 'pyodide.ffi', 'pyodide.code', '_pyodide'].concat([
  ...['_pyodide_core', 'ctypes', 'ctypes.util', '_ctypes', 'micropip', '_host'],
]);
const IMPORTS: readonly string[] = [
  'import NAME',
  'from NAME import anything',
  '__import__("NAME")',
  'import builtins; builtins.__import__("NAME", {}, {}, ["x"], 0)',
  'import importlib; importlib.import_module("NAME")',
  'import pickle; pickle.loads(b"cNAME\\nx\\n.")',
  'import pkgutil; pkgutil.resolve_name("NAME:x")',
  'import runpy; runpy.run_module("NAME")',
  'import os; exec("import NAME", vars(os))',
  'import unittest.mock as m; m._importer("NAME") if hasattr(m, "_importer") else __import__("NAME")',
];

/**
 * Imports and calls that lead to other processes, threads and the network: the
 * beginning of the exception's message; undefined if this Python lacks the function.
 */
const WORLD = rows`
import subprocess; subprocess.call(["ls"]) ⇒ subprocess.Popen (
import subprocess; subprocess.check_output("ls", shell=True) ⇒ subprocess.Popen (
import subprocess; subprocess.getoutput("ls") ⇒ subprocess.Popen (
import os; os.popen("ls") ⇒ subprocess.Popen (
import os; os.spawnv(os.P_WAIT, "/bin/ls", ["ls"]) ⇒ os.fork (
import os; os.posix_spawn("/bin/ls", ["ls"], {}) ⇒ os.posix_spawn (
import os; os.execve("/bin/ls", ["ls"], {}) ⇒ os.exec (
import os; os.forkpty()
import os; os.kill(1, 0) ⇒ os.kill (
import os; os.killpg(1, 0) ⇒ os.killpg (
import pty; pty.spawn("ls") ⇒ pty.spawn (
import _posixsubprocess as p; p.fork_exec([b"ls"], [b"/bin/ls"], True, (), None, None, -1, -1, -1, -1, -1, -1, 0, 0, False, False, -1, None, None, None, -1, None)
import concurrent.futures as c; c.ProcessPoolExecutor().submit(print).result()
  ⇒ import _multiprocessing (
import concurrent.futures as c; c.ThreadPoolExecutor().submit(print) ⇒ a thread (
import threading; threading.Timer(0, print).start() ⇒ a thread (
import _thread; _thread.start_new_thread(print, ()) ⇒ a thread (
import multiprocessing.pool as m; m.ThreadPool(1) ⇒ os.pipe (
import socket; socket.create_server(("127.0.0.1", 0)) ⇒ socket.bind (
import socket; socket.socket().connect(("127.0.0.1", 9)) ⇒ socket.connect (
import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 9))
  ⇒ socket.sendto (
import socket; socket.getaddrinfo("localhost", 80) ⇒ socket.getaddrinfo (
import socket; socket.gethostbyname("localhost") ⇒ socket.gethostbyname (
import socket; socket.gethostbyaddr("127.0.0.1") ⇒ socket.gethostbyaddr (
import socketserver; socketserver.TCPServer(("127.0.0.1", 0), None) ⇒ socket.bind (
import http.server; http.server.HTTPServer(("127.0.0.1", 0), None) ⇒ socket.bind (
import ftplib; ftplib.FTP("127.0.0.1") ⇒ ftplib.connect (
import smtplib; smtplib.SMTP("127.0.0.1") ⇒ smtplib.connect (
import poplib; poplib.POP3("127.0.0.1") ⇒ socket.getaddrinfo (
import imaplib; imaplib.IMAP4("127.0.0.1") ⇒ socket.getaddrinfo (
import xmlrpc.client as x; x.ServerProxy("http://127.0.0.1/").f() ⇒ http.client.connect (
import urllib.request as u; u.urlretrieve("http://127.0.0.1/") ⇒ urllib.Request (
import urllib.request as u; u.urlopen("file:///etc/passwd") ⇒ urllib.Request (
import logging.handlers as l; l.SysLogHandler(("127.0.0.1", 514)).emit(__import__("logging").makeLogRecord({}))
  raise OSError
  ⇒ socket.getaddrinfo (
import os; os.pipe2(0) ⇒ os.pipe2 (
import os; os.setuid(0)
import os; os.chroot("/tmp")
import os; os.mkfifo("/tmp/fifo") ⇒ os.mkfifo (
import signal; signal.alarm(1)
import resource; resource.setrlimit(0, (0, 0))
import mmap; mmap.mmap(0, 10)
import fcntl; fcntl.ioctl(0, 0)
import faulthandler; faulthandler.dump_traceback_later(1)
`;

/** Expressions, and the harmless values that they yield. */
const NOTHING = rows`
r = [c.__name__ for c in Exception.__subclasses__() if "Js" in c.__name__] ⇒ []
r = [c for c in object.__subclasses__() if "yodide" in c.__module__] ⇒ []
r = [c for c in type.__subclasses__(type) if "Js" in c.__name__] ⇒ []
import collections.abc as a; r = [c for c in a.Mapping.__subclasses__() if "Js" in c.__name__] ⇒ []
import collections.abc as a; r = [c for c in a.MutableSequence.__subclasses__() if "Js" in c.__name__]
  ⇒ []
import sys; r = [n for n in sys.modules if "yodide" in n] ⇒ []
import sys; r = [n for n in sys.builtin_module_names if "yodide" in n or "ctypes" in n or "test" in n]
  ⇒ []
import sys; r = [f for f in sys.meta_path if "yodide" in str(getattr(f, "__module__", ""))] ⇒ []
import sys; r = sys.excepthook is sys.__excepthook__ ⇒ True
import sys; r = sys.argv, sys.orig_argv ⇒ ([''], ['./this.program'])
import asyncio; r = asyncio.run.__module__ ⇒ 'asyncio.runners'
import time; r = time.sleep.__module__ ⇒ '_confine'
import asyncio.events as e; r = e._event_loop_policy ⇒ None
import json.encoder as e; r = e._JSNULL ⇒ None
import typing; r = [n for n in typing._overload_registry if "yodide" in n] ⇒ []
import shutil; r = "whl" in dict(shutil.get_archive_formats()) ⇒ False
import shutil; r = [f[0] for f in shutil.get_unpack_formats() if f[0] == "whl"] ⇒ []
import builtins; r = [n for n in vars(builtins) if n.startswith("___")] ⇒ []
import __main__; r = [n for n in vars(__main__) if "yodide" in n] ⇒ []
import copyreg; r = [t for t in copyreg.dispatch_table if "yodide" in t.__module__] ⇒ []
import atexit; r = atexit._ncallbacks() ⇒ \d+
import warnings; r = [f for f in warnings.filters if "yodide" in str(f)] ⇒ []
import gc; gc.unfreeze(); r = [1 for o in gc.get_objects() if type(o).__name__.startswith("Js")]
  ⇒ []
import gc; r = [1 for o in gc.get_referrers(object) if type(o).__name__.startswith("Js")] ⇒ []
import _imp, importlib.machinery as m; r = _imp.create_builtin(m.ModuleSpec("_testcapi", None))
  ⇒ None
import _imp, importlib.machinery as m; r = _imp.create_builtin(m.ModuleSpec("_remote_debugging", None))
  ⇒ None
import _imp; r = _imp.create_builtin.__self__.__name__, hasattr(_imp.create_builtin, "__defaults__")
  ⇒ ('_imp', False)
import _imp; r = _imp.is_builtin("_pyodide_core"), _imp.is_builtin("_ctypes") ⇒ (0, 0)
import _imp; r = _imp.is_frozen("_pyodide_core"), _imp.is_frozen("js") ⇒ (False, False)
import importlib.machinery as m; r = m.BuiltinImporter.find_spec("_pyodide_core") ⇒ None
import importlib.machinery as m; r = m.FrozenImporter.find_spec("pyodide") ⇒ None
import os; r = os.path.exists("/etc/passwd"), os.path.exists("/proc/self/exe") ⇒ (False, False)
import glob; r = glob.glob("/etc/*") ⇒ []
import os; r = sorted(k for k in os.environ if "SECRET" in k or "TOKEN" in k or k == "PATH")
  ⇒ []|['PATH']
import os; r = os.getcwd() ⇒ '/tmp'
import platform, os; r = os.uname().nodename ⇒ 'emscripten'
import sys; r = sys._getframe().f_builtins is __builtins__ or True ⇒ True
import weakref, gc; r = [1 for o in gc.get_objects() if type(o) is weakref.ref and type(o()).__name__.startswith("Js")]
  ⇒ []
`;

/** Impossible or harmful messages, as Python source. */
const MESSAGES: readonly string[] = [
  '""',
  '"null"',
  '"1"',
  '"{}"',
  '"[]"',
  '"[[]]"',
  '"[null]"',
  '"[1]"',
  '\'["__proto__"]\'',
  '\'["constructor", 1]\'',
  '\'["toString"]\'',
  '\'{"__proto__": {"verb": "unwind"}}\'',
  '\'["wind", {"__proto__": []}, "stat", []]\'',
  '\'["wind", -1, 0, "stat", []]\'',
  '\'["wind", 0, 1e308, "stat", []]\'',
  '\'["wind", 0, 0, "__proto__", []]\'',
  '\'["wind", 0, 0, "stat", {"length": 3}]\'',
  '\'["wind", 99999999999, 0, "stat", [["loc", [1, 0, null, null]], null]]\'',
  '\'["unwind", NaN, 0, []]\'',
  '\'["unwind", 1e999, 0, []]\'',
  '\'["unwind", -1, -5, []]\'',
  '\'["unwind", -1, 99999, []]\'',
  '\'["unwind", "0", 0, []]\'',
  '\'["unwind", 0, 0, [["inode", 987654]]]\'',
  '\'["unwind", 0, 0, [["=", 99, 99]]]\'',
  '\'["unwind", 0, 0, [["data", 1e9]]]\'',
  '\'["unwind", 0, 0, [["dict", [["__proto__", "str", "x"]]], ["iatt", [1e999]]]]\'',
  '\'["tail", 0, [["loc", [0, 1, "../../etc/passwd", null]], null]]\'',
  '\'["tail", 0, [["loc", [0, 1, "a/b", null]], null]]\'',
  '\'["tail", 0, [["loc", [0, 1, "\\\\u0000", null]], null]]\'',
  '"[" * 5000',
  '"[" + "[" * 3000 + "]" * 3000 + "]"',
  '\'["\\\\ud800"]\'',
  '"[\\"\\ud800\\"]"',
  '"[" + ",".join(["0"] * 100000) + "]"',
  '\'["unwind", 0, 0, {\' + ",".join(f\'"{i}": 0\' for i in range(100000)) + "}]"',
];

const SEND = (id: string, message: string): string => `from _glossa import _host
try: _host.push(${id}, ${message})
except Exception as error: r = type(error).__name__
else: r = "taken"`;

const RAISED = /^raised \w*(Error|Exception|Limit|Operation|StopIteration|Exit)/;

/** Each attempt has a file of its own. */
const makeAttacks = (sources: readonly string[], right: string): Attack[] =>
  sources.map((source, i) => {
    const at = `/etc/${right}${i}`;
    const logged = `(option allow-${right} ${at}`;
    return { source: source.replaceAll('PLACE', at), result: RAISED, told: logged };
  });

describe('a Python module', () => {
  it('cannot read files without a grant', async () => {
    expect(findUnexpected(await start(), makeAttacks(READERS, 'read'))).toEqual([]);
  });

  it('cannot change files without a grant', async () => {
    expect(findUnexpected(await start(), makeAttacks(WRITERS, 'write'))).toEqual([]);
  });

  it('cannot import modules that reach outside the sandbox', async () => {
    const all = NAMES.flatMap((name) =>
      IMPORTS.map((pattern) => ({
        source: pattern.replaceAll('NAME', name),
        result: /^raised (ModuleNotFound|Import|Attribute|Unpickling)Error/,
        logged: `import ${name.startsWith('ctypes') ? 'ctypes' : name}`,
      })),
    );
    expect(findUnexpected(await start(), all)).toEqual([]);
  });

  it('cannot start processes or use the network', async () => {
    const all = WORLD.map(([source, logged]): Attack => {
      return { source, result: RAISED, ...(logged === undefined ? {} : { logged: logged }) };
    });
    expect(findUnexpected(await start(), all)).toEqual([]);
  });

  it('finds no object that leads out of the sandbox', async () => {
    const all = NOTHING.map(([source, result]) => ({
      source,
      result:
        result.startsWith('(') || result.startsWith("'") || result.startsWith('[')
          ? new RegExp(`^(?:${result.replace(/[()[\].*]/g, '\\$&')})$`)
          : new RegExp(`^(?:${result})$`),
    }));
    expect(findUnexpected(await start(), all)).toEqual([]);
  });

  it('cannot mislead the host with messages', async () => {
    const run = await start();
    const all = ['424242', '-5', 'frame.id'].flatMap((id) =>
      MESSAGES.map((message) => ({
        source: SEND(id, message),
        result: /^'(RuntimeError|OSError|MemoryError)'$/,
        logged: 'a message: ',
      })),
    );
    expect(findUnexpected(run, all)).toEqual([]);
    run.expectSettled();
  });
});
