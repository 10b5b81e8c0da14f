/** The type checkers of editors know the modules that `glossa new` writes, wherever glossa is. */
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../runtime/sys/paths.ts';
import { GLOSSA, runGlossa, type Scratch, withScratch } from '../test/support/mount.ts';
import { selectVariants } from '../test/support/test-selection.ts';

const require = createRequire(import.meta.url);
const of = (module: string, file: string): string =>
  join(dirname(require.resolve(`${module}/package.json`)), file);

/** A misspelt name, and the checker's message about it. */
interface Mistake {
  readonly file: string;
  readonly known: string;
  readonly unknown: string;
  readonly says: RegExp;
}

interface Checked {
  readonly language: string;
  readonly command: readonly string[];
  readonly mistakes: readonly Mistake[];
}

const tsc = (project: string): string[] => [of('typescript', 'bin/tsc'), '-p', project];

const checks: readonly Checked[] = [
  {
    language: 'python',
    command: [of('pyright', 'index.js')],
    mistakes: [
      { file: 'my-module.py', known: 'log.info', unknown: 'log.inform', says: /"inform"/ },
      { file: 'test_my-module.py', known: 'EPERM', unknown: 'EPRM', says: /"EPRM" is unknown/ },
    ],
  },
  {
    language: 'javascript',
    command: tsc('jsconfig.json'),
    mistakes: [
      { file: 'my-module.js', known: 'EPERM', unknown: 'EPRM', says: /my-module\.js\(2,.*EPRM/ },
      {
        file: 'my-module.test.js',
        known: 'g.unlink',
        unknown: 'g.unlnk',
        says: /'unlnk' does not/,
      },
    ],
  },
  {
    language: 'typescript',
    command: tsc('tsconfig.json'),
    mistakes: [
      { file: 'my-module.ts', known: 'loc.name', unknown: 'loc.nam', says: /'nam' does not exist/ },
      {
        file: 'my-module.test.ts',
        known: 'g.unlink',
        unknown: 'g.unlnk',
        says: /'unlnk' does not/,
      },
    ],
  },
];

/** Copies the package into a folder node_modules; returns the path of its program. */
function install(scratch: Scratch, ...folder: string[]): string {
  const root = scratch.at(...folder, 'node_modules', 'glossa');
  for (const part of ['package.json', 'dist', 'javascript', 'python', 'templates']) {
    cpSync(join(packageRoot, part), join(root, part), { recursive: true });
  }
  symlinkSync(join(packageRoot, 'node_modules'), join(root, 'node_modules'));
  return join(root, 'dist/cli/main.cjs');
}

/** The path of glossa's program; modules are made in the scratch folder `project`. */
const places: Readonly<Record<string, (scratch: Scratch) => string>> = {
  'in a checkout': () => GLOSSA,
  'in the project': (scratch) => install(scratch, 'project'),
  'for everybody': (scratch) => install(scratch, 'prefix', 'lib'),
};

// The commonest place; `test:long` has the others.
const tried = selectVariants(Object.keys(places), (place) => place === 'in the project');

describe.each(tried)('a new module, with glossa %s,', (place) => {
  it.each(checks)(
    'passes the type checker of $language, which finds wrong names in it',
    ({ language, command, mistakes }) =>
      withScratch(async (scratch) => {
        const main = places[place]!(scratch);
        const folder = await scratch.makeFolder('project');
        const made = await runGlossa(scratch, ['new', language, 'my-module', 'project/mine'], {
          main,
        });
        expect(made).toMatchObject({ status: 0, err: '' });
        const cwd = join(folder, 'mine');
        const check = () => spawnSync(process.execPath, [...command], { cwd, encoding: 'utf8' });
        const { status, stdout } = check();
        expect({ status, stdout }).toMatchObject({ status: 0 });
        for (const { file, known, unknown } of mistakes) {
          const text = readFileSync(join(cwd, file), 'utf8');
          expect(text).toContain(known);
          writeFileSync(join(cwd, file), text.replace(known, unknown));
        }
        const said = check().stdout;
        for (const { says } of mistakes) expect(said).toMatch(says);
      }),
  );
});
