/** Packages of `option packages`, and modules that are packages. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EPERM } from '../../runtime/core/errno.ts';
import { makeFolder } from '../../test/support/folder.ts';
import { type RunningModule, startModule } from '../../test/support/module.ts';
import { makeWheel } from '../../test/support/wheel.ts';
import { findWheelFault } from './python-files.ts';

/** A module that prints `r` of `body` when it starts. */
const makeSource = (body: string): string =>
  `from glupy import *
import json
${body}
print("R", json.dumps(r))

class xlator(Translator):
    def stat(self, frame, loc, xdata):
        frame.fail(EPERM)
`;

function readPrinted(run: RunningModule): unknown {
  const line = run.takeLines().find((text) => text.includes(' R ')) ?? '';
  return JSON.parse(line.slice(line.indexOf(' R ') + 3)) as unknown;
}

const GREETING = {
  'greeting/__init__.py': 'from .words import hello\nfrom . import deep\n',
  'greeting/words.py':
    'def hello(name): return f"hello {name}"\ndef fail(): raise ValueError("no")\n',
  'greeting/deep/__init__.py': 'from ..words import hello as far\n',
  'greeting/words.txt': 'some text',
};

describe('Python wheels in option packages', () => {
  it('can be imported, with their data and metadata', async () => {
    const folder = makeFolder({
      'greeting-1.0-py3-none-any.whl': makeWheel('greeting', GREETING),
    });
    const body = `import greeting, importlib.metadata, importlib.resources, os
r = [greeting.hello("you"), greeting.deep.far("me"), importlib.metadata.version("greeting"),
     importlib.resources.files("greeting").joinpath("words.txt").read_text(),
     open(os.path.join(os.path.dirname(greeting.__file__), "words.txt")).read()]`;
    const run = await startModule(
      { 'm.py': makeSource(body) },
      // importlib.metadata alone imports half of the standard library, which takes long on a busy machine.
      { options: { packages: join(folder, 'greeting-1.0-py3-none-any.whl'), 'time-limit': '60' } },
    );
    expect(readPrinted(run)).toEqual(['hello you', 'hello me', '1.0', 'some text', 'some text']);
  });

  it('appear in tracebacks with the lines of their sources', async () => {
    const folder = makeFolder({
      'greeting-1.0-py3-none-any.whl': makeWheel('greeting', GREETING),
    });
    const run = await startModule(
      {
        'm.py': `from glupy import *
from greeting.words import fail

class xlator(Translator):
    def stat(self, frame, loc, xdata):
        fail()
`,
      },
      { options: { packages: join(folder, 'greeting-1.0-py3-none-any.whl') } },
    );
    run.ask('stat', run.knownLoc('file'), null);
    const log = run.takeLines().join('\n');
    expect(log).toMatch(/greeting\/words\.py", line 2, in fail/);
    expect(log).toContain('def fail(): raise ValueError("no")');
    expect(log).toMatch(/m\.py", line 6, in stat/);
  });

  it('cannot be imported if a requirement is missing, and the error names the requirement', async () => {
    const files = { 'top.py': 'import below\n' };
    const folder = makeFolder({
      'top-1.0-py3-none-any.whl': makeWheel('top', files, [
        'below>=2',
        'extra-thing; extra == "x"',
      ]),
    });
    const start = startModule(
      { 'm.py': makeSource('import top\nr = 1') },
      { options: { packages: join(folder, 'top-1.0-py3-none-any.whl') } },
    );
    await expect(start).rejects.toThrow(
      /No module named 'below': top needs below>=2: give its wheel in option packages/,
    );
  });

  it('can import the other wheels of the option', async () => {
    const folder = makeFolder({
      'top-1.0-py3-none-any.whl': makeWheel('top', { 'top.py': 'from below import x\n' }, [
        'below',
      ]),
      'below-1.0-py3-none-any.whl': makeWheel('below', { 'below.py': 'x = 7\n' }),
    });
    const both = ['top', 'below'].map((name) => join(folder, `${name}-1.0-py3-none-any.whl`));
    const run = await startModule(
      { 'm.py': makeSource('import top\nr = top.x') },
      { options: { packages: both.join(', ') } },
    );
    expect(readPrinted(run)).toBe(7);
  });

  it.each([
    ['x-1.0-cp314-cp314-linux_x86_64.whl', /native code, for cp314-cp314-linux_x86_64/],
    ['x-1.0-py3-none-manylinux_2_17_x86_64.whl', /native code/],
    ['x-1.0-py2-none-any.whl', /it is for py2/],
    ['x-1.0.whl', /not the name of a wheel/],
    ['x.tar.gz', /neither a folder nor a wheel/],
  ])('named %s are refused', (name, why) => {
    expect(findWheelFault(name)).toMatch(why);
  });

  it.each(['x-1.0-py3-none-any.whl', 'x-1.0-1-py2.py3-none-any.whl', 'x-1.0-cp314-none-any.whl'])(
    'named %s are accepted',
    (name) => {
      expect(findWheelFault(name)).toBe(undefined);
    },
  );

  it.each([
    [
      'native code inside',
      makeWheel('x', { 'x/fast.so': 'code' }),
      /it has native code \(x\/fast\.so\)/,
    ],
    ['no zip file', new Uint8Array(100), /no sound zip file/],
    ['a zip file that is cut', makeWheel('x', { 'x.py': '' }).subarray(0, 90), /no sound zip file/],
  ])('with %s are refused, and the message names the option', async (_what, data, why) => {
    const folder = makeFolder({ 'x-1.0-py3-none-any.whl': data });
    const path = join(folder, 'x-1.0-py3-none-any.whl');
    const start = startModule({ 'm.py': makeSource('r = 1') }, { options: { packages: path } });
    await expect(start).rejects.toThrow(why);
    await expect(start).rejects.toThrow(`option packages ${path}`);
  });

  it('are refused if the file is missing on disk, and the message names its path', async () => {
    const start = startModule(
      { 'm.py': makeSource('r = 1') },
      { options: { packages: '/no/x.whl' } },
    );
    await expect(start).rejects.toThrow(
      /option packages \/no\/x\.whl: there is no such file or folder \(\/no\/x\.whl\)/,
    );
  });
});

it('a Python module can import packages from the folders in option packages, and read their files', async () => {
  const folder = makeFolder(GREETING);
  const body = `import greeting, os
r = greeting.hello("you"), open(os.path.dirname(greeting.__file__) + "/words.txt").read()`;
  const run = await startModule({ 'm.py': makeSource(body) }, { options: { packages: folder } });
  expect(readPrinted(run)).toEqual(['hello you', 'some text']);
});

describe('a Python module that is a package', () => {
  const body = `from .inner import deep
from . import beside
import importlib.resources, os
here = os.path.dirname(__file__)
def write():
    try: open(os.path.join(here, "data", "rules.txt"), "a")
    except PermissionError as error: return error.strerror
r = [deep.name, beside.name, open(os.path.join(here, "data", "rules.txt")).read(),
     importlib.resources.files(__package__).joinpath("data/rules.txt").read_text(), write()]`;
  const files = {
    'm/__init__.py': makeSource(body),
    'm/beside.py': 'name = "beside"\n',
    'm/inner/__init__.py': '',
    'm/inner/deep.py': 'from ..beside import name as above\nname = "deep " + above\n',
    'm/data/rules.txt': 'rules',
    'secret.txt': 'beside the package',
  };

  it('can have subpackages, relative imports and data files', async () => {
    const folder = makeFolder(files);
    const run = await startModule(folder);
    const wrote = `not granted (option allow-write ${folder}/m/data/rules.txt)`;
    expect(readPrinted(run)).toEqual(['deep beside', 'beside', 'rules', 'rules', wrote]);
  });

  it('cannot read files beside its folder', async () => {
    const start = startModule({
      ...files,
      'm/__init__.py': makeSource(
        'import os\nr = open(os.path.dirname(__file__) + "/../secret.txt")',
      ),
    });
    await expect(start).rejects.toThrow(/option allow-read .*secret\.txt/);
  });

  it('can be imported by another module, with its data', async () => {
    const run = await startModule({
      'm.py': makeSource('import lib\nr = lib.text'),
      'lib/__init__.py':
        'import os\ntext = open(os.path.join(os.path.dirname(__file__), "t.txt")).read()\n',
      'lib/t.txt': 'text',
    });
    expect(readPrinted(run)).toBe('text');
  });
});

it('two volumes with the same Python package share no state', async () => {
  const files = {
    'm.py': `from glupy import *
import lib

class xlator(Translator):
    def stat(self, frame, loc, xdata):
        lib.seen.append(1)
        print("R", len(lib.seen))
        frame.fail(EPERM)
`,
    'lib.py': 'seen = []\n',
  };
  const folder = makeFolder(files);
  const [one, other] = [await startModule(folder), await startModule(folder)];
  one.ask('stat', one.knownLoc('file'), null);
  expect(other.ask('stat', other.knownLoc('file'), null)).toMatchObject({ opErrno: EPERM });
  expect([readPrinted(one), readPrinted(other)]).toEqual([1, 1]);
});
