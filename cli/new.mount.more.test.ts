/** All commands that `glossa new` and the new README print work. */
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { asc, canCompileAssemblyScript } from '../test/support/assemblyscript.ts';
import { describeMountsAnyway, run, runGlossa, withScratch } from '../test/support/mount.ts';
import { isSkipped } from '../test/support/obstacle.ts';
import { cargo, noCargo, rustCompiler } from '../test/support/rust.ts';
import { selectVariants } from '../test/support/test-selection.ts';
import { templateLanguages } from './new/template-languages.ts';

/** The printed commands, without descriptions and without `dev`, which does not end. */
const commands = (text: string): string[] =>
  [...text.matchAll(/^ {4}(\S.*?) {3}/gm)]
    .map((match) => match[1]!.trimEnd())
    .filter((line) => !/ dev | MOUNTPOINT$/.test(line));

/** Whether the compiler of a language is here. */
const hasCompiler = (language: string): boolean =>
  language === 'rust'
    ? !isSkipped('glossa new rust', noCargo)
    : language !== 'assemblyscript' || canCompileAssemblyScript;

/** One language runs here, all in `npm run test:more`. */
const languages = selectVariants(
  Object.keys(templateLanguages).filter(hasCompiler),
  (name) => name === 'python',
);

/** The compilers, for the Makefiles. */
const compilers = `export RUSTC='${rustCompiler}' CARGO='${cargo}' ASC='${process.execPath} ${asc}'`;

describeMountsAnyway('glossa new', () => {
  it.each(languages)('prints commands that all succeed for a new module in %s', (language) =>
    withScratch(async (scratch) => {
      const made = await runGlossa(scratch, ['new', language, 'my-module', "a folder/it's"]);
      expect(made).toMatchObject({ status: 0, err: '' });
      const folder = scratch.at("a folder/it's");
      const script = 'rm hello.txt; rm precious.keep; ls';
      const readme = await readFile(`${folder}/README.md`, 'utf8');
      for (const [text, cwd] of [
        [made.out, scratch.path],
        [readme, folder],
      ] as const) {
        const typed = commands(text);
        expect(typed.length).toBeGreaterThanOrEqual(2);
        for (const line of typed) {
          const changed = line.replace('rm precious.keep', `sh -c '${script}'`);
          const { status, out, err } = await run(scratch, 'sh', [
            '-c',
            `${compilers}; cd "$0" && ${changed}`,
            cwd,
          ]);
          expect({ line, status, err }).toMatchObject({ status: 0 });
          if (line.includes(' test ')) expect(out).toMatch(/\n2 passed, 0 failed\n$/);
          if (line === changed) continue;
          expect(out).toBe('precious.keep\n');
          expect(err).toMatch(/precious\.keep.*Operation not permitted/);
        }
      }
    }),
  );
});
