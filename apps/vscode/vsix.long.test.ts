/** Packs the extension as `npm run vsix` does; vsce is fetched from npm. */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { isSkipped } from '../../test/support/obstacle.ts';

const why = spawnSync('npm', ['ping']).status === 0 ? '' : 'npm does not reach its registry';

it.skipIf(isSkipped('npm run vsix', why))(
  'npm run vsix packs the extension with its licence, and without declarations',
  () => {
    const { status, stderr } = spawnSync('npm', ['run', '-s', 'vsix'], { encoding: 'utf8' });
    expect({ status, stderr }).toMatchObject({ status: 0 });
    onTestFinished(() => rmSync('glossa.vsix'));
    // A zip has the names of its files as they are.
    const archive = readFileSync('glossa.vsix', 'latin1');
    const names = new Set(
      [...archive.matchAll(/extension\/[\w./-]+\.(?:json|js|ts|txt)/g)].map(String),
    );
    expect([...names].sort()).toEqual([
      'extension/LICENSE.txt',
      'extension/check-findings.js',
      'extension/extension.js',
      'extension/glossa-command.js',
      'extension/language-configuration.json',
      'extension/package.json',
      'extension/snippets/volfile.json',
      'extension/syntaxes/volfile.tmLanguage.json',
    ]);
  },
  120_000,
);
