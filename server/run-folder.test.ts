import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder } from '../test/support/folder.ts';
import { findDefaultRunFolder, RunFolder } from './run-folder.ts';

function scratch(): string {
  const folder = makeFolder();
  return folder;
}

test('a run file is readable by its user alone, and each write replaces it', () => {
  const folder = join(scratch(), 'made', 'when needed');
  const files = new RunFolder(folder);
  expect(files.ownerUid).toBe(process.geteuid?.());
  expect(files.write('a', 'first, and longer')).toBe(join(folder, 'a'));
  files.write('a', 'second');
  expect(readdirSync(folder)).toEqual(['a']);
  expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('second');
  expect(statSync(join(folder, 'a')).mode & 0o777).toBe(0o600);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test('a run file that cannot be written leaves no temporary file', () => {
  const folder = scratch();
  mkdirSync(join(folder, 'taken', 'inside'), { recursive: true });
  expect(() => new RunFolder(folder).write('taken', 'text')).toThrow('EISDIR');
  expect(readdirSync(folder)).toEqual(['taken']);
});

test('the oldest statedumps are removed, of an ended server too, and nothing else', () => {
  const folder = scratch();
  writeFileSync(join(folder, 'glusterdump.1.dump.1'), 'of an ended server');
  writeFileSync(join(folder, 'other'), '');
  for (const name of ['glusterdump.1.dump.1', 'other']) utimesSync(join(folder, name), 1, 1);
  const few = new RunFolder(folder, 3);
  const dumps = () => readdirSync(folder).filter((name) => name !== 'other');
  for (let second = 2; second < 1000; second++) few.writeStatedump(second, 'text');
  expect(dumps()).toHaveLength(3);
  expect(dumps()).toContain(`glusterdump.${process.pid}.dump.999`);
  expect(dumps()).not.toContain('glusterdump.1.dump.1');
  expect(readdirSync(folder)).toContain('other');
  const all = new RunFolder(folder, 0);
  for (let second = 1000; second < 1200; second++) all.writeStatedump(second, 'text');
  expect(dumps()).toHaveLength(203);
});

test("the default run folder is GlusterFS's for root, and the state folder for another user", () => {
  const env = { HOME: '/home/me', LOGS_DIRECTORY: '/logs' };
  expect(findDefaultRunFolder(0, env)).toBe('/var/run/glossa');
  expect(findDefaultRunFolder(1000, env)).toBe('/home/me/.local/state/glossa');
});
