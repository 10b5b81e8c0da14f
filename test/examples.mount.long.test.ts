/**
 * Runs the examples' own tests, and the commands of READMEs that show no output.
 * examples-readmes.mount.more.test.ts runs the others. In `test:long` the README with most commands
 * runs twice.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../runtime/sys/paths.ts';
import { listModules } from './support/example-modules.ts';
import { describeMounts, run, runGlossa, startMount, withScratch } from './support/mount.ts';
import { findCommands, findSessions, needsMore, normalize, runTyped } from './support/readme.ts';
import { onlyInFirst, selected, selectVariants } from './support/test-selection.ts';

const folder = join(packageRoot, 'examples');
const names = readdirSync(folder);

/** The modules of an example, in Python and JavaScript. */
const findModules = (name: string): string[] =>
  listModules(join(folder, name)).map((file) => join(folder, name, file));

/** All but those that show translators of glossa's own, or programs that use a volume. */
const scripted = names.filter((name) => findModules(name).length > 0);

it.each(selectVariants(scripted, (name) => scripted.indexOf(name) % 2 === 0))(
  'the tests of example %s pass',
  (name) =>
    withScratch(async (scratch) => {
      const modules = findModules(name);
      const { status, out } = await runGlossa(scratch, ['test', ...modules, '--json', '--strict']);
      expect({ status, out }).toMatchObject({ status: 0 });
      const { files } = JSON.parse(out) as { files: { file: string; tests: unknown[] }[] };
      // Those of its own name for each, and not only others beside it.
      const moduleName = (path: string): string =>
        basename(path)
          .split('.')[0]!
          .replace(/^test_/, '');
      const tested = files.map(({ file }) => join(dirname(file), moduleName(file)));
      expect(tested.sort()).toEqual(
        modules.map((path) => join(dirname(path), moduleName(path))).sort(),
      );
      for (const { tests } of files) expect(tests.length).toBeGreaterThan(0);
    }),
);

/** The commands of all blocks of a README, in order. */
function findAllCommands(text: string): string[] {
  const shown = findSessions(text);
  if (shown.length > 0) return shown.flatMap(findCommands);
  return [...text.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, block]) =>
    block!.trimEnd().split('\n'),
  );
}

/** Splits the commands after each that removes the README's folder: each part makes its own. */
function splitParts(name: string, commands: readonly string[]): string[][] {
  const parts: string[][] = [[]];
  for (const command of commands) {
    parts.at(-1)!.push(command);
    if (command === `rm -r /tmp/${name}`) parts.push([]);
  }
  return parts.filter((part) => part.length > 0);
}

const TWICE = 'undelete';
const readmes = names
  .map((name) => ({ name, text: readFileSync(join(folder, name, 'README.md'), 'utf8') }))
  .filter(({ name, text }) =>
    name === TWICE ? selected.others : selected.first && findSessions(text).length === 0,
  );

describeMounts('commands in the READMEs', () => {
  describe.each(readmes)('$name', ({ name, text }) => {
    const parts = splitParts(name, findAllCommands(text));
    it
      .skipIf(needsMore(name, text))
      .each(parts.map((commands, index) => ({ commands, number: index + 1 })))(
      'print the same output when they run again, and leave no mount or folder behind (part $number)',
      ({ commands }) =>
        withScratch(async (scratch) => {
          const type = async (): Promise<string> =>
            shape(normalize(await runTyped(name, text, commands, scratch.at(name), scratch)));
          const first = await type();
          if (name === TWICE) expect(await type()).toBe(first);
          expect(first).not.toMatch(/^glossa:/m);
          expect(scratch.findMounts()).toEqual([]);
          expect(existsSync(scratch.at(name))).toBe(false);
        }),
    );
  });
});

/** Each file is opened again within the millisecond in which it was made, or the one after. */
const AGAIN = `
import os
changeable = 0
for number in range(1000):
    path = f'mnt/{number}'
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY))
    try:
        os.close(os.open(path, os.O_WRONLY))
        changeable += 1
    except PermissionError:
        pass
print(changeable)
`;

onlyInFirst(() =>
  describeMounts('the example worm', () => {
    it('allows no more changes to a file as soon as it is closed', () =>
      withScratch(async (scratch) => {
        await scratch.makeFolder('files');
        const [volfile, module] = ['worm.vol', 'worm.py'].map((name) =>
          readFileSync(join(folder, 'worm', name), 'utf8'),
        );
        await scratch.writeFile('worm.py', module!);
        await startMount(scratch, volfile!);
        const { out, err } = await run(scratch, 'python3', ['-c', AGAIN]);
        expect({ out, err }).toEqual({ out: '0\n', err: '' });
      }));
  }),
);

/** Without what counts, times, and is named anew: statistics, how long tests took, mount points. */
const shape = (text: string): string =>
  text
    .replace(/ \(\d+\.\d s\)/g, '')
    .replace(/glossa-run-\w+/g, 'glossa-run')
    .replace(/^ +[\w.-]+ +[\d.]+.*$/gm, '')
    .replace(/\d+/g, 'N');
