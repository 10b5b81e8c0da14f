/** The languages that `glossa new` writes: what their names may be, and what to do next. */
import { join } from 'node:path';
import { packageRoot } from '../../sys/paths.ts';
import { UsageError } from '../exit.ts';
import { includeDir } from '../include-dir.ts';

/** Each language's files, and in `all` what every one gets. NAME in a path is the module's. */
export const templateFolder = join(packageRoot, 'templates');

export interface Kind {
  /** Below the templates. */
  readonly folder: string;
  /** What a name looks like. */
  readonly name: RegExp;
  readonly nameRule: string;
  /** Names that would not work, and what is wrong with each. */
  readonly reserved: ReadonlyMap<string, string>;
  /** The module's file. */
  readonly file: (name: string) => string;
  /** Whether `glossa dev` is of use. */
  readonly dev: boolean;
  /** To be typed before everything else. */
  readonly first?: string;
  fill(text: string, name: string): string;
}

const PYTHON_WORDS =
  'False None True and as assert async await break class continue def del elif else except ' +
  'finally for from global if import in is lambda nonlocal not or pass raise return try while with yield';

/** The public modules of Python's standard library: a file of such a name is never imported. */
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

const IS_WORD = 'is a word of the language';
const IS_PACKAGE = 'is the package that modules import from';
const IS_LIBRARY = "is a module of Python's own, which 'import' would find instead";

const fill = (text: string, name: string): string => text.replaceAll('{{NAME}}', name);
/** Words, and what each of them is. */
const each = (words: string, is: string): [string, string][] =>
  words.split(' ').map((word) => [word, is]);
const dashed = {
  name: /^[A-Za-z][A-Za-z0-9_-]*$/,
  nameRule: 'letters, digits, - and _, a letter first',
  reserved: new Map([['glossa', IS_PACKAGE]]),
};

export const kinds = {
  python: {
    folder: 'python',
    name: /^[A-Za-z][A-Za-z0-9_]*$/,
    nameRule: 'letters, digits and _, a letter first',
    reserved: new Map([
      ...each(PYTHON_LIBRARY, IS_LIBRARY),
      ...each(PYTHON_WORDS, IS_WORD),
      ...each('glupy gluster', IS_PACKAGE),
    ]),
    file: (name) => `${name}.py`,
    dev: true,
    fill,
  },
  javascript: {
    folder: 'javascript',
    ...dashed,
    file: (name) => `${name}.js`,
    dev: true,
    fill,
  },
  typescript: {
    folder: 'typescript',
    ...dashed,
    file: (name) => `${name}.ts`,
    dev: false,
    fill,
  },
  c: {
    folder: 'c',
    ...dashed,
    file: (name) => `${name}.so`,
    dev: true,
    first: 'make',
    // Where glossa.h is: a Makefile works without asking for it.
    fill: (text, name) => fill(text, name).replaceAll('{{INCLUDE}}', includeDir),
  },
} satisfies Record<string, Kind>;

/** @throws {UsageError} */
export function checkName(name: string, kind: Kind): void {
  if (!kind.name.test(name)) {
    throw new UsageError(`'${name}' cannot be the name of a module: ${kind.nameRule}`);
  }
  const is = kind.reserved.get(name);
  if (is !== undefined) {
    throw new UsageError(`'${name}' ${is}: choose another, such as ${suggested(name)}`);
  }
  if (name.startsWith('test_')) throw new UsageError(`'${name}' would be taken for a test`);
  if (name === 'storage') throw new UsageError("'storage' is the volume below in its volfile");
}

const suggested = (name: string): string => `my_${name.toLowerCase()}`;

/** Lines to be typed, each with what it does. */
export function nextSteps(kind: Kind, name: string, folder: string): string {
  const { first, dev, file } = kind;
  const edit = first === undefined ? 'save' : 'compile';
  const steps = [
    ...(folder === '.' ? [] : [[`cd ${folder}`, '']]),
    ...(first === undefined ? [] : [[first, 'compile it']]),
    [`glossa test ${file(name)}`, 'its tests, without a mount'],
    ...(dev
      ? [[`glossa dev ${file(name)} files`, `mounted, and loaded again when you ${edit} it`]]
      : []),
    [`glossa run ${name}.vol -- rm precious.keep`, 'a command in a mount of its own'],
  ] as const;
  const width = Math.max(...steps.map(([line]) => line!.length));
  return steps.map(([line, what]) => `    ${line!.padEnd(width)}   ${what}`.trimEnd()).join('\n');
}
