import { spawnSync } from 'node:child_process';
import { readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { withScratch } from '../test/support/mount.ts';
import { PidFile } from './pid-file.ts';

const PROGRAM = `
  import { PidFile } from ${JSON.stringify(new URL('./pid-file.ts', import.meta.url).href)};
  new PidFile(process.argv[1]).write();
  process.exit(3);
`;

it('a pid file is removed when its process exits', () =>
  withScratch(async (scratch) => {
    const path = scratch.at('pid');
    const args = ['--import', 'tsx', '--input-type=module', '-e', PROGRAM, path];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect([status, stderr]).toEqual([3, '']);
    expect(await readdir(scratch.path)).toEqual([]);
  }));

it('a pid file that a full disk cannot hold is removed again', () =>
  withScratch(async (scratch) => {
    const path = scratch.at('pid');
    // As on a full disk, a file can be made and not be written.
    const full = `trap '' XFSZ; ulimit -f 0; exec "$@"`;
    const args = ['--import', 'tsx', '--input-type=module', '-e', PROGRAM, path];
    const line = ['-c', full, 'bash', process.execPath, ...args];
    const { status, stderr } = spawnSync('bash', line, { encoding: 'utf8' });
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining(`cannot write the pid file ${path}: File too large`),
    ]);
    expect(await readdir(scratch.path)).toEqual([]);
  }));

it('a pid file that another process has overwritten is not removed', () =>
  withScratch(async (scratch) => {
    const path = scratch.at('pid');
    const file = new PidFile(path);
    file.write();
    expect(await readFile(path, 'utf8')).toBe(`${process.pid}\n`);
    await writeFile(path, '1\n');
    file.remove();
    expect(await readFile(path, 'utf8')).toBe('1\n');
  }));

it('a pid file behind a symbolic link is neither written nor removed', () =>
  withScratch(async (scratch) => {
    const victim = await scratch.writeFile('victim', 'precious');
    const path = scratch.at('pid');
    await symlink(victim, path);
    expect(() => new PidFile(path).write()).toThrow(
      `cannot write the pid file ${path}: it is a symbolic link, which is not followed`,
    );
    expect(await readFile(victim, 'utf8')).toBe('precious');
    await rm(path);
    const file = new PidFile(path);
    file.write();
    await rm(path);
    await writeFile(victim, `${process.pid}\n`);
    await symlink(victim, path);
    file.remove();
    expect(await readdir(scratch.path)).toEqual(['pid', 'victim']);
  }));
