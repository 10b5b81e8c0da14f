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

const check = async (name: string, text: string): Promise<string> => {
  await scratch.writeFile(`${name}.py`, text);
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

it('a module that hides names in all fops that show them gets no warning, and passes its test', async () => {
  expect(await check('everywhere', hidingModules.everywhere)).not.toMatch('but not');
  expect(await runTest('everywhere')).toMatch(/^0 /);
});

it('a module that declares that it observes gets no warning', async () => {
  const text = hidingModules.readdir_alone.replace(
    'Translator):',
    'Translator):\n    observes = True',
  );
  expect(await check('observer', text)).not.toMatch('but not');
});
