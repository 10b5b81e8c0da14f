import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findDefaultRunFolder, RunFolder } from './run-folder.ts';

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'glossa-run-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
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

test("the default run folder is GlusterFS's for root, and the state folder for another user", () => {
  const env = { HOME: '/home/me', LOGS_DIRECTORY: '/logs' };
  expect(findDefaultRunFolder(0, env)).toBe('/var/run/glossa');
  expect(findDefaultRunFolder(1000, env)).toBe('/home/me/.local/state/glossa');
});
