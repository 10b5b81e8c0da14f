import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Failure } from '../../../terminal/exit.ts';
import { makeFolder } from '../../../test/support/folder.ts';
import { prepareReportFolder, writeReportFolder } from './report-folder.ts';

const scratch = makeFolder();

it('prepareReportFolder makes a folder, and refuses one that has a report', () => {
  const dir = join(scratch, 'a/b');
  prepareReportFolder(dir, { force: false });
  // A failed run leaves an empty folder.
  prepareReportFolder(dir, { force: false });
  writeReportFolder(dir, { 'run.json': '1' });
  expect(() => prepareReportFolder(dir, { force: false })).toThrow(
    new Failure(`${dir} exists; with --force, its report is replaced`),
  );
});

it('with force, writeReportFolder replaces the report and keeps other files', () => {
  const dir = join(scratch, 'c');
  prepareReportFolder(dir, { force: false });
  writeReportFolder(dir, { 'run.json': '1', 'report.md': 'a', 'report.html': 'a' });
  writeFileSync(join(dir, 'mine'), 'mine');
  prepareReportFolder(dir, { force: true });
  writeReportFolder(dir, { 'run.json': '2', 'report.md': 'b', 'report.html': 'b' });
  const files = readdirSync(dir).map((name) => [name, readFileSync(join(dir, name), 'utf8')]);
  expect(files).toEqual([
    ['mine', 'mine'],
    ['report.html', 'b'],
    ['report.md', 'b'],
    ['run.json', '2'],
  ]);
});

it('prepareReportFolder and writeReportFolder throw an error that names the path that cannot be made', () => {
  const file = join(scratch, 'file');
  writeFileSync(file, '');
  expect(() => prepareReportFolder(file, { force: true })).toThrow(`${file} is a file`);
  expect(() => prepareReportFolder(join(file, 'x'), { force: true })).toThrow(
    'a file, or below one',
  );
  // mkdirSync with `recursive` would never return here.
  expect(() => prepareReportFolder('/proc/none/x', { force: true })).toThrow(
    'cannot make /proc/none: ',
  );
  expect(() => writeReportFolder(join(scratch, 'none'), { a: '' })).toThrow('cannot write');
});
