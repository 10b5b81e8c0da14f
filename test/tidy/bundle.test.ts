/** Checks bundles in dist: they need no package, and name the packages whose code they hold. */
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { makeFolder } from '../support/folder.ts';
import { readSources } from './sources.ts';

const read = (path: string): string => readFileSync(join(packageRoot, path), 'utf8');

it('the bundle of ECharts imports nothing', () => {
  const text = read('dist/apps/bench/engine/report/echarts.js');
  expect(text).not.toMatch(/\bfrom\s*["']|\bimport\s*[("']|\brequire\(/);
  expect(text.startsWith('/*! Holds code of other projects: THIRD-PARTY.txt */')).toBe(true);
});

it('THIRD-PARTY.txt names the parts of the bundle with their licences and notices', () => {
  const text = read('dist/apps/bench/engine/report/THIRD-PARTY.txt');
  const { packages } = JSON.parse(read('package-lock.json')) as {
    packages: Record<string, { version: string; license: string }>;
  };
  const paths = ['echarts', 'zrender', 'zrender/node_modules/tslib'];
  for (const path of paths) {
    const { version, license } = packages[`node_modules/${path}`]!;
    expect(text).toContain(`\n  ${path.split('/').at(-1)} ${version}, ${license}, https://`);
  }
  for (const notice of [
    'Apache License\n',
    'This product includes software developed at\nThe Apache Software Foundation',
    'Copyright (c) 2017, Baidu Inc.',
    'LICENSE-d3\n',
    'Copyright (c) Microsoft Corporation.',
  ]) {
    expect(text).toContain(notice);
  }
});

/** Name and version of each package that a file of notices, or a list in Markdown, names. */
const listPackages = (text: string, row: RegExp): string[] =>
  [...text.matchAll(row)].map(([, name, version]) => `${name} ${version}`);

it('THIRD-PARTY.md names each package with code in dist, and no other', () => {
  const notices = (readdirSync(join(packageRoot, 'dist'), { recursive: true }) as string[])
    .filter((path) => path.endsWith('THIRD-PARTY.txt'))
    .flatMap((path) => listPackages(read(`dist/${path}`), /^ {2}(\S+) ([\d.]+), /gm));
  const list = read('docs/THIRD-PARTY.md');
  const inFiles = list.slice(list.indexOf('## Software in files of glossa'));
  const named = listPackages(inFiles, /^\| (\S+) \| ([\d.]+) \|/gm);
  // The code around the parser is peggy's own, without notices; the playground publishes Pyodide whole.
  const expected = new Set(notices.filter((name) => !name.startsWith('pyodide ')));
  expect(named.filter((name) => !name.startsWith('peggy ')).sort()).toEqual([...expected].sort());
});

it('the modules in dist that tests name are not joined with others', () => {
  const named = readSources('.ts', '/getfattr', '/setfattr')
    .filter(({ path }) => /^test\/|\.test\.ts$/.test(path))
    .flatMap(({ text }) => text.match(/\bdist\/[\w/-]+\.js\b/g) ?? []);
  expect(named.length).toBeGreaterThan(10);
  expect([...new Set(named)].filter((path) => !existsSync(join(packageRoot, path)))).toEqual([]);
});

it.each([
  ['Pyodide', 'Mozilla Public License Version 2.0'],
  ['CPython', 'PYTHON SOFTWARE FOUNDATION LICENSE VERSION 2'],
  ['QuickJS', 'Copyright (c) 2017-2021 Fabrice Bellard'],
  ['CodeMirror', 'Copyright (C) 2018-2021 by Marijn Haverbeke'],
])('the notices of the playground hold the licence of %s', (_, line) => {
  expect(read('dist/apps/playground/THIRD-PARTY.txt')).toContain(line);
});

it('the bundled packages run in a folder without node_modules', () => {
  const folder = makeFolder();
  cpSync(join(packageRoot, 'dist/bundled'), folder, { recursive: true });
  const require = createRequire(join(folder, 'x.cjs'));
  expect(require('./string-width.cjs').default('日本')).toBe(4);
  const { transform } = require('./sucrase.cjs');
  expect(transform('let a: number;', { transforms: ['typescript'] }).code).toBe('let a;');
});

it('joined files import nothing on demand, which their compiled code could not do on Node 20', () => {
  const folder = join(packageRoot, 'dist/joined');
  const importing = readdirSync(folder)
    .filter((name) => name.endsWith('.cjs'))
    .filter((name) =>
      /(?:await|return|=>|[=(,:?]) *import\(/.test(readFileSync(join(folder, name), 'utf8')),
    );
  expect(importing).toEqual([]);
});
