/** What dist holds of other projects: it needs none of them, and says what they are. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../runtime/sys/paths.ts';

const read = (path: string): string => readFileSync(join(packageRoot, path), 'utf8');

it('the bundle of ECharts imports nothing', () => {
  const text = read('dist/apps/bench/engine/report/echarts.js');
  expect(text).not.toMatch(/\bfrom\s*["']|\bimport\s*[("']|\brequire\(/);
  expect(text.startsWith('/*! Holds code of other projects: THIRD-PARTY.txt */')).toBe(true);
});

it('THIRD-PARTY.txt names the parts of the bundle with their licences and notices', () => {
  const text = read('dist/apps/bench/engine/report/THIRD-PARTY.txt');
  const { packages } = JSON.parse(read('npm-shrinkwrap.json')) as {
    packages: Record<string, { version: string; license: string }>;
  };
  const paths = ['echarts', 'zrender', 'zrender/node_modules/tslib'];
  for (const path of paths) {
    const { version, license } = packages[`node_modules/${path}`]!;
    expect(text).toContain(`\n  ${path.split('/').at(-1)} ${version}, ${license}, https://`);
  }
  for (const said of [
    'Apache License\n',
    'This product includes software developed at\nThe Apache Software Foundation',
    'Copyright (c) 2017, Baidu Inc.',
    'LICENSE-d3\n',
    'Copyright (c) Microsoft Corporation.',
  ]) {
    expect(text).toContain(said);
  }
});
