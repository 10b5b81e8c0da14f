/** All commands that `glossa new` and the new README print work. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import {
  describeMounts,
  glossaCommand,
  run,
  runGlossa,
  withScratch,
} from '../test/support/mount.ts';
import { isSkipped } from '../test/support/obstacle.ts';
import { cargo, noCargo, rustCompiler } from '../test/support/rust.ts';
import { selectVariants } from '../test/support/test-selection.ts';
import { canCompileWasm } from '../test/support/wasm.ts';
import { listTargets, targets, templateLanguages } from './new/template-languages.ts';

/** The printed commands, without descriptions and without `dev`, which does not end. */
const commands = (text: string): string[] =>
  [...text.matchAll(/^ {4}(\S.*?) {3}/gm)]
    .map((match) => match[1]!.trimEnd())
    .filter((line) => !/ dev | MOUNTPOINT$/.test(line));

/** Whether the compiler of a language is here. */
const hasCompiler = (language: string): boolean =>
  language === 'rust' ? !isSkipped('glossa new rust', noCargo) : language !== 'c' || canCompileWasm;

/** Python and a compiled module run here, all others in `npm run test:long`. */
const kinds = selectVariants(
  Object.entries(templateLanguages)
    .filter(([name]) => hasCompiler(name))
    .flatMap(([name, language]) => listTargets(language).map((target) => ({ name, target }))),
  ({ name, target }) => name === 'python' || (name === 'c' && target === 'wasm'),
);

/** The compilers, for the Makefiles. */
const compilers = `export RUSTC='${rustCompiler}' CARGO='${cargo}'`;

describeMounts('glossa new', () => {
  it.each(kinds)('prints commands that all succeed for a new module in $name, .$target', (kind) =>
    withScratch(async (scratch) => {
      const made = await runGlossa(scratch, [
        ...['new', kind.name, 'my-module', "a folder/it's"],
        ...(targets.includes(kind.target) ? ['--target', kind.target] : []),
      ]);
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

describeMounts('glossa new --kind files', () => {
  it.each(selectVariants(['python', 'javascript', 'typescript'], (name) => name === 'python'))(
    'writes a storage in %s whose tests pass and whose file can be read',
    (name) =>
      withScratch(async (scratch) => {
        await runGlossa(scratch, ['new', name, 'mine', '--kind', 'files']);
        const readme = await readFile(scratch.at('mine/README.md'), 'utf8');
        const outputs: string[] = [];
        for (const line of commands(readme)) {
          const { status, out } = await run(scratch, 'sh', ['-c', `cd mine && ${line}`]);
          expect({ line, status }).toMatchObject({ status: 0 });
          outputs.push(out);
        }
        expect(outputs[0]).toMatch(/\n2 passed, 0 failed\n$/);
        expect(outputs[1]).toBe('Hello, world\n');
      }),
  );
});

/** Gives a program a terminal (util-linux). */
const hasScript = spawnSync('script', ['--version']).status === 0;

it.runIf(hasScript).each([
  ['', 'wasm', 'features/glupy'],
  ['what', 'so', 'features/native'],
])(
  'at a terminal, glossa new c asks for the kind of module until it knows the answer: %s %s',
  (...row) =>
    withScratch(async (scratch) => {
      const [unknown, known, type] = row;
      const command = `${glossaCommand} new c mine`;
      const child = spawn('script', ['-qefc', command, '/dev/null'], {
        cwd: scratch.path,
        env: { ...process.env, NO_COLOR: '1', TERM: 'dumb' },
        stdio: 'pipe',
      });
      scratch.children.add(child);
      const ended = once(child, 'exit');
      let said = '';
      child.stdout.on('data', (chunk) => {
        said += String(chunk);
      });
      const asked = async (times: number): Promise<void> => {
        while (said.split('? [wasm] ').length <= times) await delay(10);
      };
      await asked(1);
      if (unknown !== '') {
        child.stdin.write(`${unknown}\n`);
        await asked(2);
      }
      child.stdin.write(known === 'wasm' ? '\n' : `${known}\n`);
      expect((await ended)[0]).toBe(0);
      expect(await readFile(scratch.at('mine/mine.vol'), 'utf8')).toContain(`type ${type}`);
    }),
);
