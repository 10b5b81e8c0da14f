import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { makeFolder } from '../../test/support/folder.ts';
import { installFiles, uninstallFiles } from './file-installer.ts';
import type { SetupPlan } from './setup-plans.ts';

let root: string;
let plan: SetupPlan;
const at = (path: string): string => join(root, path);

beforeEach(() => {
  root = makeFolder();
  mkdirSync(at('sbin'));
  const file = (path: string, mode: number) => ({
    ...{ path: at(path), mode, purpose: 'a test' },
    text: `text of ${path}\n`,
  });
  plan = {
    files: [file('sbin/helper', 0o755), file('share/deep/one', 0o644), file('share/two', 0o644)],
    recordPath: at('var/setup.json'),
    manualFolder: at('share'),
  };
});

function told(isDryRun = false) {
  const said = { steps: [] as string[], problems: [] as string[] };
  const strip = (text: string): string => text.replaceAll(`${root}/`, '');
  return {
    said,
    isDryRun,
    reportStep: (text: string) => void said.steps.push(strip(text)),
    reportProblem: (text: string) => void said.problems.push(strip(text)),
  };
}

const everything = (): string[] => (readdirSync(root, { recursive: true }) as string[]).sort();

it('glossa setup installs each file with its mode, and setup --undo removes all of them', () => {
  const telling = told();
  const umask = process.umask(0o077);
  try {
    expect(installFiles(plan, telling)).toBe(true);
  } finally {
    process.umask(umask);
  }
  expect(telling.said.steps[0]).toBe('writing sbin/helper: a test');
  expect(readFileSync(at('share/deep/one'), 'utf8')).toBe('text of share/deep/one\n');
  expect(statSync(at('sbin/helper')).mode & 0o777).toBe(0o755);
  expect(statSync(at('share/deep')).mode & 0o777).toBe(0o755);
  expect(everything()).toEqual(
    [
      'sbin',
      'sbin/helper',
      'share',
      'share/deep',
      'share/deep/one',
      'share/two',
      'var',
      'var/setup.json',
    ].sort(),
  );
  const back = told();
  expect(uninstallFiles(plan.recordPath, back)).toBe(true);
  expect(back.said.steps).toEqual([
    'removing sbin/helper',
    'removing share/deep/one',
    'removing share/two',
  ]);
  expect(everything()).toEqual(['sbin']);
  const again = told();
  expect(uninstallFiles(plan.recordPath, again)).toBe(true);
  expect(again.said.steps).toEqual(['no file of glossa setup is installed']);
});

it('a second glossa setup changes only those of its files that are outdated', () => {
  installFiles(plan, told());
  const before = statSync(at('sbin/helper'));
  const again = told();
  expect(installFiles(plan, again)).toBe(true);
  expect(again.said.steps).toEqual(
    plan.files.map(({ path }) => `${path.slice(root.length + 1)} is there already: a test`),
  );
  expect(statSync(at('sbin/helper')).ino).toBe(before.ino);
  const [first, ...others] = plan.files;
  expect(
    installFiles({ ...plan, files: [{ ...first!, text: 'newer\n' }, ...others] }, told()),
  ).toBe(true);
  expect(readFileSync(at('sbin/helper'), 'utf8')).toBe('newer\n');
  expect(uninstallFiles(plan.recordPath, told())).toBe(true);
  expect(everything()).toEqual(['sbin']);
});

it('glossa setup removes files of an earlier version that it installs no more, unless they were changed', () => {
  installFiles(plan, told());
  writeFileSync(at('share/two'), 'changed\n');
  const newer = { ...plan, files: plan.files.slice(0, 1) };
  const trial = told(true);
  installFiles(newer, trial);
  expect(trial.said.steps).toContain('would remove share/deep/one');
  expect(existsSync(at('share/deep/one'))).toBe(true);
  const telling = told();
  expect(installFiles(newer, telling)).toBe(true);
  expect(telling.said.steps).toContain('removing share/deep/one');
  expect(telling.said.problems).toEqual([
    'share/two was changed after glossa setup, and is left as it is',
  ]);
  expect(existsSync(at('share/deep/one'))).toBe(false);
  expect(readFileSync(at('share/two'), 'utf8')).toBe('changed\n');
});

it('a dry run of glossa setup writes nothing', () => {
  const telling = told(true);
  expect(installFiles(plan, telling)).toBe(true);
  expect(telling.said.steps[0]).toBe('would write sbin/helper: a test');
  expect(everything()).toEqual(['sbin']);
  installFiles(plan, told());
  const back = told(true);
  expect(uninstallFiles(plan.recordPath, back)).toBe(true);
  expect(back.said.steps[0]).toBe('would remove sbin/helper');
  expect(existsSync(at('sbin/helper'))).toBe(true);
});

it('glossa setup and setup --undo neither change nor remove links and files from elsewhere', () => {
  writeFileSync(at('sbin/helper'), 'mine\n');
  mkdirSync(at('share'));
  symlinkSync('elsewhere', at('share/two'));
  const telling = told();
  expect(installFiles(plan, telling)).toBe(false);
  expect(telling.said.problems).toEqual([
    'sbin/helper was not written by glossa setup, and is left as it is',
    'share/two was not written by glossa setup, and is left as it is',
  ]);
  expect(uninstallFiles(plan.recordPath, told())).toBe(true);
  expect(readFileSync(at('sbin/helper'), 'utf8')).toBe('mine\n');
  expect(everything()).toEqual(['sbin', 'sbin/helper', 'share', 'share/two']);
});

it('setup --undo does not remove a file from elsewhere, even if glossa setup would write the same', () => {
  writeFileSync(at('sbin/helper'), 'text of sbin/helper\n');
  expect(installFiles(plan, told())).toBe(true);
  expect(uninstallFiles(plan.recordPath, told())).toBe(true);
  expect(existsSync(at('sbin/helper'))).toBe(true);
});

it('setup --undo does not remove changed files, or folders that contain other files', () => {
  installFiles(plan, told());
  writeFileSync(at('sbin/helper'), 'changed\n');
  writeFileSync(at('share/deep/other'), '');
  const telling = told();
  expect(installFiles(plan, telling)).toBe(false);
  expect(telling.said.problems).toEqual([
    'sbin/helper was changed after glossa setup, and is left as it is',
  ]);
  const back = told();
  expect(uninstallFiles(plan.recordPath, back)).toBe(false);
  expect(back.said.problems).toEqual(telling.said.problems);
  expect(existsSync(at('share/two'))).toBe(false);
  // undo runs again once the file has its text again.
  writeFileSync(at('sbin/helper'), 'text of sbin/helper\n');
  expect(uninstallFiles(plan.recordPath, told())).toBe(true);
  expect(everything()).toEqual(['sbin', 'share', 'share/deep', 'share/deep/other']);
});

it('glossa setup changes nothing if its record of installed files is unreadable', () => {
  mkdirSync(at('var'));
  writeFileSync(plan.recordPath, '{');
  expect(() => installFiles(plan, told())).toThrow(
    /setup.json cannot be read, so nothing is changed: /,
  );
  expect(everything()).toEqual(['sbin', 'var', 'var/setup.json']);
});
