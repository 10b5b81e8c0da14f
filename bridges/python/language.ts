/** Describes Python to features/glupy, and lists module names that are reserved. */
import type { HostedLanguage, LanguageSyntax } from '../host/language.ts';
import { CODING_DECLARATION } from './python-files.ts';

/** The patterns by which the host finds functions in source text. */
const syntax: LanguageSyntax = {
  cbkSuffix: '_cbk',
  cancelSuffix: '_cancel',
  convertName: (name) => name,
  commentOrString: /"""[\s\S]*?"""|'''[\s\S]*?'''|#.*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g,
  definitionStart: /\bdef\s+$/,
  hasBareNames: true,
  functionDefinitions: [
    /^[ \t]*(?:async[ \t]+)?def[ \t]+(?<name>\w+)[ \t]*\(\s*self\s*,\s*frame\b/gm,
    /^(?:async[ \t]+)?def[ \t]+(?<name>\w+)[ \t]*\(\s*self\b(?!\s*,\s*frame\b)/gm,
  ],
  functionLine: /^/,
  classLine: /^class xlator\b/,
  classAttributes: ['options', 'observes', 'passes_through'],
  passThroughDeclarations: ['passes_through = True', 'passes_through = False'],
};

/** The record of Python for features/glupy. */
export const python: HostedLanguage = {
  name: 'python',
  extensions: ['.py'],
  packageFiles: ['__init__.py'],
  pathVariable: 'PYTHONPATH',
  isInterrupted: true,
  codingDeclaration: CODING_DECLARATION,
  syntax,
  prompts: ['>>> ', '... '],
  load: async () => (await import('./guest.ts')).startPython,
};

/** The language's keywords. */
const PYTHON_KEYWORDS =
  'False None True and as assert async await break class continue def del elif else except ' +
  'finally for from global if import in is lambda nonlocal not or pass raise return try while with yield';

/**
 * The public modules of Python's standard library: `import` finds them before a file of that name.
 */
const PYTHON_LIBRARY =
  'abc annotationlib argparse array ast asyncio atexit base64 bdb binascii bisect builtins bz2 cProfile ' +
  'calendar cmath cmd code codecs codeop collections colorsys compileall compression concurrent ' +
  'configparser contextlib contextvars copy copyreg csv ctypes curses dataclasses datetime dbm decimal ' +
  'difflib dis doctest email encodings ensurepip enum errno faulthandler fcntl filecmp fileinput ' +
  'fnmatch fractions ftplib functools gc genericpath getopt getpass gettext glob graphlib grp gzip ' +
  'hashlib heapq hmac html http idlelib imaplib importlib inspect io ipaddress itertools json keyword ' +
  'linecache locale logging lzma mailbox marshal math mimetypes mmap modulefinder multiprocessing ' +
  'netrc ntpath numbers opcode operator optparse os pathlib pdb pickle pickletools pkgutil platform ' +
  'plistlib poplib posix posixpath pprint profile pstats pty pwd py_compile pyclbr pydoc queue quopri ' +
  'random re readline reprlib resource rlcompleter runpy sched secrets select selectors shelve shlex ' +
  'shutil signal site smtplib socket socketserver sqlite3 ssl stat statistics string stringprep struct ' +
  'subprocess symtable sys sysconfig syslog tabnanny tarfile tempfile termios textwrap this threading ' +
  'time timeit tkinter token tokenize tomllib trace traceback tracemalloc tty turtle types typing ' +
  'unicodedata unittest urllib uuid venv warnings wave weakref webbrowser wsgiref xml xmlrpc zipapp ' +
  'zipfile zipimport zlib zoneinfo';

// Reasons that follow a refused name in a message.
const KEYWORD_REASON = 'is a word of the language';
const PACKAGE_REASON = 'is the package that modules import from';
const LIBRARY_REASON = "is a module of Python's own, which 'import' would find instead";

/** Pairs each of the names, which spaces separate, with the reason. */
const pairWithReason = (names: string, reason: string): [string, string][] =>
  names.split(' ').map((name) => [name, reason]);

/** Names that a module must not have, each with the reason; `glossa new` checks them. */
export const reservedNames: ReadonlyMap<string, string> = new Map([
  ...pairWithReason(PYTHON_LIBRARY, LIBRARY_REASON),
  ...pairWithReason(PYTHON_KEYWORDS, KEYWORD_REASON),
  ...pairWithReason('glupy gluster', PACKAGE_REASON),
]);
