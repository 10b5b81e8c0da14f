/** The file of a log turns over at its size, also when other programs truncate, move or share it. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, stat, symlink, truncate } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { type Scratch, withScratch } from '../test/support/mount.ts';
import { LogFile } from './log-file.ts';

const LINE = 'x'.repeat(99);
const LINE_BYTES = 100;

/** Opens a log of ten lines, and writes so many. */
function open(scratch: Scratch, lineCount: number, name = 'a.log'): LogFile {
  const file = new LogFile(scratch.at(name), 10 * LINE_BYTES);
  writeLines(file, lineCount);
  return file;
}

function writeLines(file: LogFile, lineCount: number): void {
  for (let count = 0; count < lineCount; count++) file.write(LINE);
}

const countLines = async (path: string): Promise<number> =>
  (await readFile(path, 'utf8')).length / LINE_BYTES;

describe('a log file with a limit', () => {
  it('becomes FILE.old, and a new one is begun, so that there are never more than two', () =>
    withScratch(async (scratch) => {
      open(scratch, 10_005).close();
      expect(await countLines(scratch.at('a.log'))).toBe(5);
      expect(await countLines(scratch.at('a.log.old'))).toBe(10);
      expect((await readdir(scratch.path)).filter((name) => name.startsWith('a.'))).toHaveLength(2);
      expect((await stat(scratch.at('a.log'))).mode & 0o777).toBe(0o600);
    }));

  it('counts what it had when it was opened', () =>
    withScratch(async (scratch) => {
      open(scratch, 7).close();
      open(scratch, 4).close();
      expect(await countLines(scratch.at('a.log'))).toBe(1);
      expect(await countLines(scratch.at('a.log.old'))).toBe(10);
    }));

  it('goes on in a truncated file, and in a new one after the file was moved', () =>
    withScratch(async (scratch) => {
      const file = open(scratch, 9);
      await truncate(scratch.at('a.log'), 0);
      writeLines(file, 8);
      expect(await countLines(scratch.at('a.log'))).toBe(8);
      expect(existsSync(scratch.at('a.log.old'))).toBe(false);
      await rename(scratch.at('a.log'), scratch.at('a.log.1'));
      writeLines(file, 5);
      expect(await countLines(scratch.at('a.log.1'))).toBe(10);
      expect(await countLines(scratch.at('a.log'))).toBe(3);
      file.close();
    }));

  it('turns over in the folder that a link leads to', () =>
    withScratch(async (scratch) => {
      await mkdir(scratch.at('far'));
      await symlink('far/b.log', scratch.at('a.log'));
      open(scratch, 13).close();
      expect(await countLines(scratch.at('far/b.log'))).toBe(3);
      expect(await countLines(scratch.at('far/b.log.old'))).toBe(10);
    }));

  it('starts over in place where it cannot be renamed', () =>
    withScratch(async (scratch) => {
      await mkdir(scratch.at('a.log.old'));
      open(scratch, 23).close();
      expect(await countLines(scratch.at('a.log'))).toBe(3);
    }));

  it('is shared by two servers, of which one turns it over', () =>
    withScratch(async (scratch) => {
      const [first, second] = [open(scratch, 4), open(scratch, 4)];
      for (let count = 0; count < 100; count++) {
        first.write(LINE);
        second.write(LINE);
        for (const name of ['a.log', 'a.log.old'].filter((name) => existsSync(scratch.at(name))))
          expect(await countLines(scratch.at(name))).toBeLessThanOrEqual(20);
      }
      first.close();
      second.close();
    }));

  it('is never turned over without a limit, or if it is no file', () =>
    withScratch(async (scratch) => {
      const file = new LogFile(scratch.at('a.log'), 0);
      writeLines(file, 1000);
      file.close();
      expect(await countLines(scratch.at('a.log'))).toBe(1000);
      const nothing = new LogFile('/dev/null', LINE_BYTES);
      writeLines(nothing, 10);
      nothing.close();
      expect(existsSync('/dev/null.old')).toBe(false);
    }));
});
