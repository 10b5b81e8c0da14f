import { spawnSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { withScratch } from '../../test/support/mount.ts';
import { PidFile } from './pid-file.ts';

const PROGRAM = `
  import { PidFile } from ${JSON.stringify(new URL('./pid-file.ts', import.meta.url).href)};
  new PidFile(process.argv[1]).write();
  process.exit(3);
`;

it('is gone with a process that ends without more ado', () =>
  withScratch(async (scratch) => {
    const path = scratch.at('pid');
    const args = ['--import', 'tsx', '--input-type=module', '-e', PROGRAM, path];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect([status, stderr]).toEqual([3, '']);
    expect(await readdir(scratch.path)).toEqual([]);
  }));

it('is left to the process that has made it its own', () =>
  withScratch(async (scratch) => {
    const path = scratch.at('pid');
    const file = new PidFile(path);
    file.write();
    expect(await readFile(path, 'utf8')).toBe(`${process.pid}\n`);
    await writeFile(path, '1\n');
    file.remove();
    expect(await readFile(path, 'utf8')).toBe('1\n');
  }));
