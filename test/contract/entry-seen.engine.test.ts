/** Modules that filter names by `entry_seen`: no way to a name or its attributes is forgotten. */
import { describe, expect, it } from 'vitest';
import type { Volume } from '../../runtime/api/volume.ts';
import { Dict } from '../../runtime/core/dict.ts';
import { EEXIST, ENOENT } from '../../runtime/core/errno.ts';
import { Loc } from '../../runtime/core/operands.ts';
import { RENAME_EXCHANGE, RENAME_FLAGS, RENAME_NOREPLACE } from '../../runtime/core/xdata.ts';
import { type Filtered, openFiltered } from '../support/data-modules.ts';
import { rows } from '../support/rows.ts';

async function openFilter(source: string, options = {}): Promise<Filtered> {
  const filtered = await openFiltered(source, options);
  const { below } = filtered;
  for (const path of ['/shown', '/secret', '/d.log']) await below.writeFile(path, 'text');
  await below.mkdir('/secret-dir');
  await below.writeFile('/secret-dir/in', 'x');
  return filtered;
}

const PYTHON = `from glupy import *

class xlator(Translator):
    def entry_seen(self, frame, parent, name):
        return not name.startswith("secret")
`;
const JAVASCRIPT = `import { Translator } from 'glossa';

export class xlator extends Translator {
  entrySeen(frame, parent, name) {
    return !name.startsWith('secret');
  }
}
`;
/** Shows names in capitals. */
const UPPER = `from glupy import *

class xlator(Translator):
    def entry_seen(self, frame, parent, name):
        return name.upper()

    def entry_stored(self, frame, parent, name):
        return name.lower() if name == name.upper() else None
`;
const ways = [
  { title: 'Python', source: PYTHON },
  { title: 'Python in a thread', source: PYTHON, options: { isolation: 'thread' } },
  { title: 'JavaScript', source: JAVASCRIPT },
];

/** Each way by which a hidden name could show, and its error. */
const attempts: Record<string, [(volume: Volume) => Promise<unknown>, string]> = {
  stat: [(v) => v.stat('/secret'), 'ENOENT'],
  open: [(v) => v.readFile('/secret'), 'ENOENT'],
  'a file below a hidden directory': [(v) => v.readFile('/secret-dir/in'), 'ENOENT'],
  unlink: [(v) => v.unlink('/secret'), 'ENOENT'],
  rmdir: [(v) => v.rmdir('/secret-dir'), 'ENOENT'],
  'rename from': [(v) => v.rename('/secret', '/other'), 'ENOENT'],
  'rename onto': [(v) => v.rename('/shown', '/secret'), 'EEXIST'],
  'link from': [(v) => v.link('/secret', '/other'), 'ENOENT'],
  'link onto': [(v) => v.link('/shown', '/secret-new'), 'EEXIST'],
  create: [(v) => v.writeFile('/secret-new', 'x'), 'EEXIST'],
  mkdir: [(v) => v.mkdir('/secret-new'), 'EEXIST'],
  symlink: [(v) => v.symlink('shown', '/secret-new'), 'EEXIST'],
};

describe.each(ways)('hidden names in $title', ({ source, options }) => {
  it('are neither listed nor found, removed, replaced or made', async () => {
    const { above, below } = await openFilter(source, options);
    expect((await above.readdir('/')).sort()).toEqual(['d.log', 'shown']);
    for (const [way, [attempt, code]] of Object.entries(attempts))
      await expect(attempt(above), way).rejects.toMatchObject({ code });
    expect((await below.readdir('/')).sort()).toEqual(['d.log', 'secret', 'secret-dir', 'shown']);
    await above.rename('/shown', '/seen');
    expect(String(await above.readFile('/seen'))).toBe('text');
  });
});

it('names can be made that are hidden then, where the module says so', async () => {
  const source = `${PYTHON}    makes_hidden = True\n`;
  const { above, below } = await openFilter(source);
  await above.mkdir('/secret-new');
  expect(await above.readdir('/')).not.toContain('secret-new');
  expect(await below.readdir('/')).toContain('secret-new');
});

it('no hidden name of thousands is listed, and no other name is lost', async () => {
  const { above, below } = await openFilter(PYTHON);
  for (let n = 0; n < 3000; n++) {
    await below.writeFile(`/secret${n}`, '');
    if (n % 10 === 0) await below.writeFile(`/file${n}`, '');
  }
  const names = await above.readdir('/');
  expect(names.filter((name) => name.startsWith('secret'))).toEqual([]);
  expect(names.filter((name) => name.startsWith('file'))).toHaveLength(300);
});

it('names are shown under others, and found by these', async () => {
  const { above, below } = await openFilter(UPPER);
  expect((await above.readdir('/')).sort()).toEqual(['D.LOG', 'SECRET', 'SECRET-DIR', 'SHOWN']);
  expect(String(await above.readFile('/SECRET-DIR/IN'))).toBe('x');
  await expect(above.stat('/shown')).rejects.toMatchObject({ code: 'ENOENT' });
  await above.rename('/SHOWN', '/SECRET-DIR/NEW');
  expect((await below.readdir('/secret-dir')).sort()).toEqual(['in', 'new']);
  await expect(above.writeFile('/small', 'x')).rejects.toMatchObject({ code: 'EINVAL' });
});

describe('renameat2', () => {
  const SECOND = `${PYTHON}    makes_hidden = True\n`;

  /** Renames in the root from above; returns the errno, and what is stored below then. */
  async function rename(source: string, from: string, to: string, flags: number) {
    const { above, below, as } = await openFilter(source);
    await below.writeFile('/other', 'of other');
    await above.readdir('/');
    const driver = as({});
    const find = async (name: string) => {
      const place = await driver.resolveParent(name);
      const found = await driver.findIfExists(name);
      return found === undefined ? driver.makeLoc(place) : new Loc(found.inode, place.parent, name);
    };
    const xdata = new Dict().set(RENAME_FLAGS, flags, 'int');
    const args = [await find(from), await find(to), xdata];
    const { opRet, opErrno } = await driver.windByName('rename', args);
    const stored = await below.readdir('/');
    const texts: Record<string, string> = {};
    for (const name of stored.sort())
      if (!name.includes('dir')) texts[name] = String(await below.readFile(`/${name}`));
    return [opRet < 0 ? opErrno : 0, texts];
  }
  const before = { 'd.log': 'text', other: 'of other', secret: 'text', shown: 'text' };

  it.each([PYTHON, JAVASCRIPT, SECOND])(
    'exchanges seen names, and no hidden one',
    async (source) => {
      const exchanged = { ...before, other: 'text', shown: 'of other' };
      expect(await rename(source, 'shown', 'other', RENAME_EXCHANGE)).toEqual([0, exchanged]);
      for (const [from, to] of [
        ['other', 'secret'],
        ['secret', 'other'],
      ] as const)
        expect(await rename(source, from, to, RENAME_EXCHANGE)).toEqual([ENOENT, before]);
    },
  );

  it('replaces no name, seen or hidden, with NOREPLACE', async () => {
    for (const name of ['shown', 'secret'])
      expect(await rename(PYTHON, 'other', name, RENAME_NOREPLACE)).toEqual([EEXIST, before]);
    const { other, ...rest } = before;
    const renamed = { ...rest, new: other };
    expect(await rename(PYTHON, 'other', 'new', RENAME_NOREPLACE)).toEqual([0, renamed]);
  });

  it('exchanges, and does not replace, what is shown under other names', async () => {
    const exchanged = { ...before, other: 'text', shown: 'of other' };
    expect(await rename(UPPER, 'SHOWN', 'OTHER', RENAME_EXCHANGE)).toEqual([0, exchanged]);
    expect(await rename(UPPER, 'SHOWN', 'other', RENAME_EXCHANGE)).toEqual([ENOENT, before]);
    expect(await rename(UPPER, 'OTHER', 'SHOWN', RENAME_NOREPLACE)).toEqual([EEXIST, before]);
  });
});

it('attributes are changed in each reply that has them', async () => {
  const { above } = await openFilter(`from glupy import *

class xlator(Translator):
    def entry_seen(self, frame, parent, name, attributes):
        if attributes and name.endswith(".log"):
            attributes.ia_prot = 0o400
        return True
`);
  const file = await above.open('/d.log', 'r');
  const modes = [(await above.stat('/d.log')).mode, (await file.stat()).mode];
  await file.close();
  await above.utimes('/d.log', 1, 1);
  modes.push((await above.stat('/d.log')).mode);
  expect(modes.map((mode) => Number(mode) & 0o777)).toEqual([0o400, 0o400, 0o400]);
  expect(Number((await above.stat('/shown')).mode) & 0o777).not.toBe(0o400);
});

describe('mistakes of entry_seen', () => {
  it.each(rows`
return name.upper() ⇒ define entry_stored(self, frame, parent, name)
pass ⇒ entry_seen returned None: is a return missing?
return 5 ⇒ entry_seen must return True, False, a name or an Iatt, not 5
return 1 / 0 ⇒ ZeroDivisionError
  `)('%s', async (body, message) => {
    const { above, context } = await openFilter(
      PYTHON.replace('return not name.startswith("secret")', body),
    );
    await expect(above.readdir('/')).rejects.toMatchObject({ code: 'EIO' });
    expect(context.lines.join('\n')).toContain(message);
    expect(context.lines.join('\n')).toMatch(/\[m\.py:[45]:entry_seen\]/);
  });

  it.each(rows`
PYTHON "much" ⇒ Iatt.ia_size must be int, not str
PYTHON 2**70 ⇒ whose iaSize is no whole number below 2^53
JAVASCRIPT 'much' ⇒ Iatt.iaSize must be a number, not string
JAVASCRIPT 0.5 ⇒ whose iaSize is no whole number below 2^53
JAVASCRIPT NaN ⇒ whose iaSize is no whole number below 2^53
  `)('a size in attributes fails the request: %s', async (written, message) => {
    const [, language, size] = /^(\w+) (.*)$/.exec(written)!;
    const source =
      language === 'PYTHON'
        ? `from glupy import *

class xlator(Translator):
    def entry_seen(self, frame, parent, name, attributes):
        if attributes:
            attributes.ia_size = ${size}
        return True
`
        : `import { Translator } from 'glossa';

export class xlator extends Translator {
  entrySeen(frame, parent, name, attributes) {
    if (attributes) attributes.iaSize = ${size};
    return true;
  }
}
`;
    const { above, context } = await openFilter(source);
    await expect(above.stat('/shown')).rejects.toMatchObject({ code: 'EIO' });
    expect(context.lines.join('\n')).toContain(message);
  });

  it.each(rows`
def lookup(self, frame, loc, xdata): frame.wind() ⇒ entry_seen answers for each fop that shows names: the module cannot handle lookup itself
async def entry_seen(self, frame, parent, name): return True ⇒ entry_seen cannot be an async def
def entry_seen(self, name): return True ⇒ entry_seen must take (self, frame, parent, name, attributes)
makes_hidden = 5 ⇒ makes_hidden must be True or False
  `)('%s is refused', async (method, message) => {
    await expect(openFilter(`${PYTHON}\n    ${method}\n`)).rejects.toThrow(message);
  });
});
