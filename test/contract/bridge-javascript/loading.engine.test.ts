/** Tests of loading a JavaScript module: a file or a folder, its neighbours, and packages. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder } from '../../support/folder.ts';
import { makeModuleGraph, type RunningModule, startModule } from '../../support/module.ts';

const ask = (run: RunningModule): number => run.ask('statfs', run.knownLoc('a'), null).opErrno;

const makeCounter = (
  imports: string,
  amount: string,
): string => `import { Translator } from 'glossa';
${imports}
let count = 0;
export class xlator extends Translator {
  statfs(frame) {
    count += ${amount};
    frame.fail(count);
  }
}`;

it('a folder with index.js is a module that imports its own files and JSON', async () => {
  const files = {
    'm/index.js': makeCounter(
      "import { half } from './parts/half.js';\nimport about from './about.json';",
      'half(about.amount)',
    ),
    'm/parts/half.js': "import { two } from './two.js';\nexport const half = (n) => n / two;",
    'm/parts/two.js': 'export const two = 2;',
    'm/about.json': '{"amount": 4}',
  };
  const [one, other] = [await startModule(files), await startModule(files)];
  expect([ask(one), ask(one), ask(other)]).toEqual([2, 4, 2]);
});

it('a JavaScript module imports packages from the folders of option packages, but no file outside of them', async () => {
  const lib = makeFolder({
    'packages/three/index.js': "import { one } from './one.js';\nexport default one * 3;",
    'packages/three/one.js': 'export const one = 1;',
    'outside.js': 'export default 5;',
  });
  const options = { packages: join(lib, 'packages') };
  const run = await startModule(
    { 'm.js': makeCounter("import three from 'three';", 'three') },
    { options },
  );
  expect([ask(run), ask(run)]).toEqual([3, 6]);
  const climbing = makeModuleGraph(
    { 'm.js': makeCounter(`import five from '${join(lib, 'outside.js')}';`, 'five') },
    { options },
  );
  await expect(climbing.graph.start()).rejects.toThrow(/m\.js:2: import of '.*' is refused/);
});

it("package.json selects a package's file by main, module and exports", async () => {
  const packageJson = (more: object): string => JSON.stringify({ version: '1.0.0', ...more });
  const lib = makeFolder({
    'main/package.json': packageJson({ main: 'lib/here' }),
    'main/lib/here.js': 'export const main = 1;',
    'mod/package.json': packageJson({ main: './no.cjs', module: './es/mod.mjs' }),
    'mod/es/mod.mjs': 'export const mod = 2;',
    '@some/new/package.json': packageJson({
      type: 'module',
      exports: {
        '.': { require: './no.cjs', import: { default: './x/new.js' } },
        './part/*': './x/*.js',
      },
    }),
    '@some/new/x/new.js': "export { more } from './more.js';",
    '@some/new/x/more.js': 'export const more = 3;',
    '@some/new/hidden.js': 'export const hidden = 4;',
    'node_modules/deep/package.json': packageJson({ exports: './deep.js' }),
    'node_modules/deep/deep.js': 'export const deep = 10;',
  });
  const options = { packages: lib };
  const head = `import { main } from 'main'; import { mod } from 'mod'; import { more } from '@some/new';
import { more as part } from '@some/new/part/more'; import { deep } from 'deep';`;
  const sum = 'main + mod + more + part + deep';
  const run = await startModule({ 'm.js': makeCounter(head, sum) }, { options });
  expect(ask(run)).toBe(19);
  const closed = makeModuleGraph(
    { 'm.js': makeCounter("import { hidden } from '@some/new/part/hidden';", 'hidden') },
    { options },
  );
  await expect(closed.graph.start()).rejects.toThrow(/cannot find '@some\/new\/part\/hidden'/);
});

it('an import that is not found prevents the start, and the message has its line and the searched folders', async () => {
  const without = makeModuleGraph({ 'm.js': makeCounter("import three from 'three';", 'three') });
  await expect(without.graph.start()).rejects.toThrow(/m\.js:2: cannot find 'three'; searched:/);
  const error = String(await without.graph.start().catch((reason: unknown) => reason));
  expect(error).toMatch(
    /three\n {4}each also with .*\n {4}a package must be in a folder that option/,
  );
  // Only the author's folders, not glossa's own.
  expect(error).not.toContain('examples');
  const node = makeModuleGraph({ 'm.js': makeCounter("import fs from 'fs';", 'fs') });
  await expect(node.graph.start()).rejects.toThrow(
    /it is built into Node, and modules of volumes cannot/,
  );
  const nowhere = makeModuleGraph(
    { 'm.js': makeCounter('', '1') },
    { options: { packages: '/no/such' } },
  );
  await expect(nowhere.graph.start()).rejects.toThrow(/packages.*\/no\/such/s);
});
