/** Modules that hide names: `glossa check` and `glossa test` find those that hide them in some fops only. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { renderVolume } from '../support/brick-clients.ts';
import { hidingModules } from '../support/hiding-modules.ts';
import { makeScratch, runGlossa, type Scratch } from '../support/mount.ts';

let scratch: Scratch;
beforeAll(async () => {
  scratch = await makeScratch();
});
afterAll(() => scratch.clean());

const TEST = `from glupy.testing import graph

async def test_hidden_names_are_not_listed():
    async with graph("MODULE") as g:
        for name in ("shown", "secret"):
            await g.child.write("/" + name, b"")
        assert await g.listdir() == ["shown"]
`;

const check = async (name: string, text: string, suffix = 'py'): Promise<string> => {
  await scratch.writeFile(`${name}.${suffix}`, text);
  const volfile = await scratch.writeFile(
    `${name}.vol`,
    renderVolume('memory', 'storage/memory', {}, null) +
      renderVolume('top', 'features/glupy', { 'module-name': name }, 'memory'),
  );
  const { out, err } = await runGlossa(scratch, ['check', volfile]);
  return out + err;
};

const runTest = async (name: string): Promise<string> => {
  const file = await scratch.writeFile(`test_${name}.py`, TEST.replace('MODULE', name));
  const { out, err, status } = await runGlossa(scratch, ['test', file]);
  return `${status} ${out}${err}`;
};

it('glossa check names the fops that a module lacks which hides names in lookup and readdirp', async () => {
  const text = await check('lookup_readdirp', hidingModules.lookup_readdirp);
  expect(text).toMatch(/it defines readdirp, but not readdir, which show the same names/);
});

it('glossa check and glossa test fault a module that hides names in readdir alone', async () => {
  const text = await check('readdir_alone', hidingModules.readdir_alone);
  expect(text).toMatch(/it defines readdir, but not readdirp/);
  expect(await runTest('readdir_alone')).toMatch(
    /^1 .*by readdir \(no other names\) and by readdirp \(secret\)/s,
  );
});

it.each(['everywhere', 'entry_seen'] as const)(
  'a module that hides names in all fops that show them (%s) gets no warning, and passes its test',
  async (name) => {
    expect(await check(name, hidingModules[name])).not.toMatch('but not');
    expect(await runTest(name)).toMatch(/^0 /);
  },
);

it('a module that declares that it observes gets no warning', async () => {
  const text = hidingModules.readdir_alone.replace(
    'Translator):',
    'Translator):\n    observes = True',
  );
  expect(await check('observer', text)).not.toMatch(/but not|error/);
});

const PYTHON = (body: string): string =>
  `import errno\nfrom glupy import Translator\n\nclass xlator(Translator):\n${body}`;
const JAVASCRIPT = (body: string): string =>
  `import { EDQUOT, ENOENT, FopError, Translator } from 'glossa';\nexport class xlator extends Translator {\n${body}}\n`;
const HIDES =
  /it defines lookup, but not readdir, readdirp, .*: a name that lookup hides is still listed/;
const LENGTHENS = /it defines writev, but not truncate, ftruncate, which show the same lengths/;
const LOOKUP = '    def lookup(self, frame, loc, xdata):\n        ';
const CBK =
  '    def lookup_cbk(self, frame, op_ret, op_errno, *reply):\n        frame.unwind(op_ret, op_errno, *reply)\n';
const READV = '    def readv(self, frame, *args):\n        frame.wind()\n';
const WRITEV = '    def writev(self, frame, *args):\n        frame.wind()\n';

it.each([
  ['raises', PYTHON(`${LOOKUP}raise OSError(errno.ENOENT, "hidden")\n`), 'py', HIDES],
  ['unwinds', PYTHON(`${LOOKUP}frame.unwind(-1, errno.ENOENT)\n`), 'py', HIDES],
  ['fails', JAVASCRIPT('lookup(frame) { frame.fail(ENOENT); }'), 'js', HIDES],
  ['throws', JAVASCRIPT('lookup() { throw new FopError(ENOENT); }'), 'js', HIDES],
  ['writes', PYTHON(`${WRITEV}        raise OSError(errno.EDQUOT, "full")\n`), 'py', LENGTHENS],
  ['writes', JAVASCRIPT('writev(frame) { frame.fail(EDQUOT); }'), 'js', LENGTHENS],
] as const)('a module that %s gets a warning (%#)', async (name, text, suffix, warning) => {
  expect(await check(`${name}_${suffix}`, text, suffix)).toMatch(warning);
});

it.each([
  ['logs look-ups', PYTHON(`${LOOKUP}self.log.info(loc.path)\n        frame.wind()\n`), 'py'],
  ['caches', PYTHON(`${LOOKUP}raise OSError(errno.ENOENT, "hidden")\n${CBK}`), 'py'],
  ['winds', JAVASCRIPT('lookup(frame) { frame.wind(); }'), 'js'],
  ['counts', JAVASCRIPT('writev(frame) { frame.wind(); }'), 'js'],
  ['changes data', PYTHON(READV + WRITEV), 'py'],
] as const)('a module that %s gets no warning (%#)', async (name, text, suffix) => {
  expect(await check(`${name.replaceAll(' ', '_')}_${suffix}`, text, suffix)).not.toMatch(
    /but not|error/,
  );
});

it('a filter of names without a subvolume fails to start, and the error names the missing line', async () => {
  await scratch.writeFile('alone.py', hidingModules.entry_seen);
  const volfile = await scratch.writeFile(
    'alone.vol',
    renderVolume('top', 'features/glupy', { 'module-name': 'alone' }, null),
  );
  const { out, err } = await runGlossa(scratch, ['check', volfile]);
  expect(out + err).toMatch(
    /entry_seen answers for .* of one subvolume, and it has none: write 'subvolumes' with the one below/,
  );
});
