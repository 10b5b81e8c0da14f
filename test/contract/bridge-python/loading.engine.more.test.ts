/**
 * Tests of finding and loading a Python module. Every refusal names the volume, or the module's
 * file and line.
 */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFolder } from '../../support/folder.ts';
import {
  type Files,
  type ModuleSettings,
  makeModuleGraph,
  type RunningModule,
  startModule,
} from '../../support/module.ts';
import { rows } from '../../support/rows.ts';
import { makeSized, takeTexts } from '../bridge/requests.ts';

/** Why the start was refused. */
async function startError(files: Files, settings: ModuleSettings = {}): Promise<string> {
  const run = makeModuleGraph(files, settings);
  const [problem, ...more] = await run.findStartProblems();
  expect(more).toEqual([]);
  // A refused module leaves no timer.
  expect(run.context.waiting).toBe(0);
  return problem!;
}

const HEAD = 'from glupy import *\n\n';
const PLACE = /^test\.vol:1:1: volume 'top' \(features\/glupy\): /;

describe('a Python module', () => {
  it('is refused with the searched folders and the likely name when it is not found', async () => {
    const folder = makeFolder({ 'negative.py': '', 'other.py': '' });
    const text = await startError(folder, { name: 'negativ' });
    expect(text).toMatch(PLACE);
    expect(text).toContain("module 'negativ' was not found");
    expect(text).toContain("did you mean 'negative'?");
    expect(text).toContain(`searched:\n    ${folder}`);
  });

  it('is refused with each searched folder once, in order, when it is not found', async () => {
    const folder = makeFolder({ 'a/x.py': '', 'b/y.py': '' });
    const options = { 'module-path': `${folder}/b:${folder}/a:${folder}/b:${folder}/none` };
    const text = await startError(folder, { name: 'm', options });
    const listed = text.slice(text.indexOf('searched:')).split('\n    ').slice(1);
    expect(listed).toEqual([`${folder}/b`, `${folder}/a`, `${folder}/none (is not there)`]);
  });

  it('is refused with the reason for each searched folder when it is not found', async () => {
    const folder = makeFolder({ 'm.txt': '', 'sub/x.py': '' });
    const text = await startError(folder, { name: 'm' });
    expect(text).toContain(
      `    ${folder} (m.txt there does not end in .py, .js, .mjs, .ts, .mts, .wasm)`,
    );
    const file = await startError(folder, {
      name: 'x',
      options: { 'module-path': `${folder}/m.txt` },
    });
    expect(file).toContain(`    ${folder}/m.txt (is no folder)`);
    expect(await startError(folder, { name: 'sub/x.py' })).toMatch(
      /: write module-name x.py and module/,
    );
  });

  it('is decoded as its coding line says, or else as UTF-8', async () => {
    const folder = makeFolder({});
    const write = (bytes: string) => writeFileSync(join(folder, 'm.py'), bytes, 'latin1');
    const body = '\nfrom glupy import *\nclass xlator(Translator):\n    "caf\xe9"\n';
    write(body);
    expect(await startError(folder)).toMatch(/m\.py:4: this is no utf-8: save the file as UTF-8/);
    write(`# coding: klingon${body}`);
    expect(await startError(folder)).toMatch(
      /m\.py:1: its letters are klingon, which is not known/,
    );
    write(`# -*- coding: latin-1 -*-${body}    def init(self): raise OSError(self.__doc__)`);
    expect(await startError(folder)).toContain('OSError: café (without an errno it is EIO: raise');
  });

  it('is refused when option module-name is missing or empty', async () => {
    expect(await startError({}, { name: null })).toContain('option module-name is missing');
    expect(await startError({}, { name: '' })).toMatch(/'module-name': '' is empty/);
  });

  it.each(['../m', '/etc/passwd', 'a/b', 'm m', '.hidden', 'a..b'])(
    "is refused under the invalid name '%s'",
    async (name) => {
      expect(await startError({ 'm.py': '' }, { name })).toMatch(/is no name of a module/);
    },
  );

  it('is refused when m.py is a folder', async () => {
    const folder = makeFolder({});
    mkdirSync(join(folder, 'm.py'));
    expect(await startError(folder)).toContain("module 'm' was not found");
  });

  it('is refused when both a file and a package have its name', async () => {
    const folder = makeFolder({ 'm.py': '', 'm/__init__.py': '' });
    const text = await startError(folder);
    expect(text).toContain(`module 'm' is ambiguous: ${folder}/m.py and ${folder}/m/__init__.py`);
  });

  it('is refused when option language names an unknown language', async () => {
    const text = await startError({ 'm.py': '' }, { options: { language: 'cobol' } });
    expect(text).toMatch(/'language'.*python/);
  });
});

describe('a Python module that cannot be loaded', () => {
  it('is refused because its file cannot be read', async () => {
    const folder = makeFolder({});
    // No user can read this file from its beginning, not even root.
    symlinkSync('/proc/self/mem', join(folder, 'm.py'));
    expect(await startError(folder)).toMatch(/module 'm' cannot be read: EIO/);
  });

  it.each(rows`
it is empty ⇒  ⇒ m\.py has no class xlator: write class xlator\(Translator\), with
it has no class xlator ⇒
  class Xlator: pass
  ⇒ m\.py has no class xlator: give Xlator in line 2 that name
its class has another name ⇒ from glupy import Translator
  class Helper: pass
  class Keeper(Translator): pass
  ⇒ m\.py has no class xlator: give Keeper in line 3 that name
it has functions alone ⇒ def stat(frame, loc, xdata): pass
  ⇒ stat in line 1 has to be a method of a class xlator\(Translator\)
xlator is no Translator ⇒ class xlator: pass
  ⇒ m\.py:1: write class xlator\(Translator\): xlator must be a class derived from
xlator is an object ⇒ ${HEAD}xlator = Translator() ⇒ m\.py: xlator must be a class derived
Translator is not imported ⇒ class xlator(Translator): pass ⇒ \(write from glupy import Tr
its import is mistyped ⇒ from glupy import Translater ⇒ \(did you mean Translator\?\)
it imports a name of glupy from glossa ⇒ from glossa import Translator
  ⇒ cannot import name 'Translator' from 'glossa' .*\(write from glupy import Translator\)
it imports from . ⇒ from . import lib ⇒ \(the file is no part of a package: write import NAME
it reads an undeclared option ⇒ ${HEAD}class xlator(Translator):
      def init(self):
          self.options["limit"]
  ⇒ m\.py:5: KeyError: 'limit' \(declare it in the class: options = \{"limit": Option\.int
it mistypes an option ⇒ ${HEAD}class xlator(Translator):
      options = {"limit": Option.int(1)}
      def init(self): self.options["limt"]
  ⇒ KeyError: 'limt' \(did you mean limit\?\)
its constructor takes an argument ⇒ ${HEAD}class xlator(Translator):
      def __init__(self, options): pass
  ⇒ \(nothing is given to __init__: write init\(self\), where self\.options has the values\)
an await stands in a plain method ⇒ ${HEAD}class xlator(Translator):
      def stat(self, frame, loc, xdata): await 1
  ⇒ m\.py:4: SyntaxError: .*\(write async def in place of def\)
of a syntax error ⇒ a = 1
  b = = 2
  ⇒ m\.py:2: SyntaxError: invalid syntax
of wrong indentation ⇒ if True:
  b = 2
  ⇒ m\.py:2: IndentationError
it is Python 2 ⇒ print "hello" ⇒ m\.py:1: SyntaxError: Missing parentheses
of a NUL ⇒ a = 1${'\0'} ⇒ m\.py.*: SyntaxError: source code string cannot contain null bytes
of an exception ⇒ a = 1
  b = a / 0
  ⇒ m\.py:2: ZeroDivisionError: division by zero
an import fails ⇒ import nothing_such ⇒ m\.py:1: ModuleNotFoundError: .*'nothing_such'
the sandbox lacks a module ⇒ import js ⇒ m\.py:1: ModuleNotFoundError: refused: import js
it calls sys.exit ⇒ import sys
  sys.exit(3)
  ⇒ m\.py:2: SystemExit: 3
a name is missing in glupy ⇒ from glupy import Nothing ⇒ m\.py:1: ImportError: .*'Nothing'
`)('is refused because %s', async (_title, source, text) => {
    const message = await startError({ 'm.py': source });
    expect(message).toMatch(PLACE);
    expect(message).toMatch(new RegExp(text));
  });

  it('is refused with a message of one line when the error is in none of its lines', async () => {
    const message = await startError({ 'm.py': '' });
    expect(message.match(/has no class xlator/g)).toHaveLength(1);
    expect(message).not.toMatch(/Traceback|\n/);
  });

  it('is refused with the line of the failing import', async () => {
    const message = await startError({
      'm.py': 'import helper\n',
      'helper.py': 'import deeper\n',
      'deeper.py': '\n\n1 / 0\n',
    });
    expect(message).toMatch(/deeper\.py:3: ZeroDivisionError/);
    expect(message).toMatch(/m\.py", line 1[\s\S]*helper\.py", line 1[\s\S]*deeper\.py", line 3/);
    expect(message).not.toMatch(/_glossa|importlib|glupy\//);
  });

  const xlator = (body: string): string => `${HEAD}class xlator(Translator):\n    ${body}\n`;

  it.each(rows`
too few ⇒ def lookup(self, frame, loc): pass ⇒ lookup ⇒ self, frame, loc, xdata
too many ⇒ def stat(self, frame, loc, x, y): pass ⇒ stat ⇒ self, frame, loc, xdata
no parameter ⇒ def flush(): pass ⇒ flush ⇒ self, frame, fd, xdata
no cookie ⇒ def stat_cbk(self, f, b, x): pass ⇒ stat_cbk ⇒ self, frame, op_ret, op_errno, buf
a keyword-only parameter ⇒ def ipc(self, frame, op, xdata, *, more): pass ⇒ ipc ⇒ self, frame, op
too few, in an async def ⇒ async def stat(self): pass ⇒ stat ⇒ self, frame, loc, xdata
a helper with a fop's name ⇒ def put(self, key, value): pass ⇒ put ⇒ self, frame, loc, mode
a number for a method ⇒ link = 5 ⇒ link ⇒ self, frame, oldloc, newloc, xdata
`)("is refused because a method's parameters are wrong: %s", async (_title, code, name, params) => {
    const message = await startError({ 'm.py': xlator(code) });
    expect(message).toContain(`${name} is a fop's and must take (${params}`);
    if (!code.includes('=')) expect(message).toMatch(/m\.py:4: /);
  });

  it.each(rows`
a fop is an async def and has a callback ⇒ async def stat(self, frame, loc, xdata): pass
      def stat_cbk(self, *args): pass
  ⇒ m\.py:5: stat is an async def and has a stat_cbk: choose one
a callback is an async def ⇒ async def stat_cbk(self, *args): pass ⇒ m\.py:4: stat_cbk cannot
a fop is a generator ⇒ async def stat(self, *args): yield ⇒ m\.py:4: stat has a yield in it
options is no dict ⇒ options = ["timeout"] ⇒ m\.py: options must be a dict
an option is not made by Option ⇒ options = {"timeout": 60}
  ⇒ options\['timeout'\] must be made by Option
an option is the host’s own ⇒ options = {"time-limit": Option.time(1)}
  ⇒ option time-limit belongs to features\/glupy itself
an option is common to all translators ⇒ options = {"log-level": Option.str()} ⇒ log-level belongs
an option's type is unknown ⇒ options = {"a": {"type": "colour", "description": ""}}
  ⇒ m\.py: option 'a': its type 'colour' is unknown
init fails ⇒ def init(self):
          raise ValueError("no")
  ⇒ m\.py:5: ValueError: no
__init__ fails ⇒ def __init__(self):
          raise ValueError("no")
  ⇒ m\.py:5: ValueError
__init__ takes another argument ⇒ def __init__(self, more):
          pass
  ⇒ TypeError: .*'more'
init calls sys.exit ⇒ def init(self):
          import sys; sys.exit(1)
  ⇒ m\.py:5: SystemExit: 1
an async init fails ⇒ async def init(self):
          1 / 0
  ⇒ m\.py:5: ZeroDivisionError
`)('is refused because %s', async (_title, code, text) => {
    expect(await startError({ 'm.py': xlator(code) })).toMatch(new RegExp(text));
  });

  it("is refused with a traceback that has only the module's own lines", async () => {
    const code = 'def init(self):\n        self.helper()\n\n    def helper(self):\n        1 / 0';
    const message = await startError({ 'm.py': xlator(code) });
    expect(message).toMatch(/line 5, in init[\s\S]*line 8, in helper/);
    expect(message).not.toMatch(/site-packages/);
  });
});

/** A module that logs the value of `expression` at every stat. */
const makeLogger = (expression: string, head = ''): string => `${HEAD}${head}
class xlator(Translator):
    def stat(self, frame, loc, xdata):
        self.log.info("%s", ${expression})
        frame.wind()
`;

function statAndRead(run: RunningModule): string[] {
  run.takeLines();
  run.ask('stat', run.knownLoc('a'), null);
  run.takeRequests()[0]!.answer(0, 0, makeSized(1), null);
  run.expectSettled();
  return takeTexts(run);
}

describe('the search for a Python module', () => {
  it('finds it by its name with the file extension', async () => {
    const run = await startModule({ 'm.py': makeLogger('1'), 'm/x': '' }, { name: 'm.py' });
    expect(statAndRead(run)).toEqual(['1']);
  });

  it('takes it from the first folder of module-path that has it', async () => {
    const folder = makeFolder({ 'a/m.py': makeLogger('"a"'), 'b/m.py': makeLogger('"b"') });
    const options = { 'module-path': `${folder}/b:${folder}/a` };
    expect(statAndRead(await startModule(folder, { options }))).toEqual(['b']);
  });

  it('finds a package, its submodules and the modules beside it', async () => {
    const run = await startModule({
      'm/__init__.py': makeLogger(
        '[ONE, TWO, THREE, FOUR, __name__, __package__]',
        'from .one import ONE\nfrom .sub.two import TWO\nimport m.three\nfrom four import FOUR\n' +
          'THREE = m.three.THREE\n',
      ),
      'm/one.py': 'ONE = 1',
      'm/sub/__init__.py': '',
      'm/sub/two.py': 'from ..one import ONE\nTWO = ONE + 1',
      'm/three.py': 'THREE = 3',
      'four.py': 'FOUR = 4',
    });
    expect(statAndRead(run)).toEqual(["[1, 2, 3, 4, 'm', 'm']"]);
  });

  it('finds it inside a package', async () => {
    const run = await startModule(
      {
        'pack/__init__.py': 'PACK = "pack"',
        'pack/m.py': makeLogger(
          '[PACK, SIDE, __name__]',
          'from . import PACK\nfrom .side import SIDE\n',
        ),
        'pack/side.py': 'SIDE = "side"',
      },
      { name: 'pack.m' },
    );
    expect(statAndRead(run)).toEqual(["['pack', 'side', 'pack.m']"]);
  });

  it('finds it inside a folder that is no package', async () => {
    const run = await startModule(
      {
        'pack/m.py': makeLogger(
          '[SIDE, DEEP]',
          'from .side import SIDE\nfrom pack.deep import DEEP\n',
        ),
        'pack/side.py': 'SIDE = "side"',
        'pack/deep.py': 'DEEP = "deep"',
      },
      { name: 'pack.m' },
    );
    expect(statAndRead(run)).toEqual(["['side', 'deep']"]);
  });

  it('finds it under the name of a standard module or in non-ASCII letters', async () => {
    for (const name of ['json', 'glupy', 'größe']) {
      const run = await startModule(
        { [`${name}.py`]: makeLogger('json.dumps(1)', 'import json\n') },
        {
          name,
        },
      );
      expect(statAndRead(run)).toEqual(['1']);
    }
  });

  it('finds it with a byte order mark and Windows line ends', async () => {
    const source = `\ufeff${makeLogger('"größe 名前"').replaceAll('\n', '\r\n')}`;
    expect(statAndRead(await startModule({ 'm.py': source }))).toEqual(['größe 名前']);
  });

  it('also finds a file beside it that is added after the start', async () => {
    const folder = makeFolder({ 'm.py': makeLogger('__import__("later").LATER') });
    const run = await startModule(folder);
    writeFileSync(join(folder, 'later.py'), 'LATER = "now"');
    expect(statAndRead(run)).toEqual(['now']);
  });

  it('gives two volumes copies of it that share no state', async () => {
    const folder = makeFolder({
      'm.py': makeLogger('[len(seen), seen.append(1)][0]', 'from shared import seen\n'),
      'shared.py': 'seen = []',
    });
    const [one, two] = [await startModule(folder), await startModule(folder)];
    expect([
      ...statAndRead(one),
      ...statAndRead(one),
      ...statAndRead(two),
      ...statAndRead(one),
    ]).toEqual(['0', '1', '0', '2']);
  });
});
