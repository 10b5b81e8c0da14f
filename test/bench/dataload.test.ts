/** The load generator of data, compiled as the bench does it, on a plain folder. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { benchIn, describeCompiled } from '../support/bench.ts';
import { compileC } from './bench.ts';

const MIB = 1 << 20;
const PAGE = 4096;

describeCompiled('dataload', () => {
  const folder = mkdtempSync(join(tmpdir(), 'glossa-dataload-'));
  const file = join(folder, 'file');
  let program = '';

  const run = (...args: readonly (string | number)[]) =>
    spawnSync(program, args.map(String), { encoding: 'utf8' });

  beforeAll(async () => {
    program = await compileC(benchIn(folder), 'dataload');
    expect(run('write', file, 2).status).toBe(0);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('writes a file whose pages say which ones they are', () => {
    const content = readFileSync(file);
    expect(content.length).toBe(2 * MIB);
    const numbers = Array.from({ length: content.length / PAGE }, (_, page) =>
      Number(content.readBigUInt64LE(page * PAGE)),
    );
    expect(numbers).toEqual(numbers.map((_, page) => page));
    expect(run('write', file, 2).stderr).toContain('File exists');
  });

  it.each([
    [['read', 2], 2 * MIB],
    [['random', 2, 1, 100], 100 * PAGE],
    [['random', 2, 16, 512], 512 * PAGE],
  ] as const)('tells how much it has read: %j', ([what, ...rest], bytes) => {
    const { status, stdout } = run(what, file, ...rest);
    expect(status).toBe(0);
    const told = JSON.parse(stdout) as { bytes: number; seconds: number };
    expect(told.bytes).toBe(bytes);
    expect(told.seconds).toBeGreaterThan(0);
  });

  it('refuses what makes no sense', () => {
    expect(run('random', file, 2, 1, 513).status).toBe(2);
    expect(run('read', file).status).toBe(2);
    expect(run('append', file, 2).status).toBe(2);
    expect(run('read', join(folder, 'absent'), 2).stderr).toContain('No such file');
  });

  it('tells no time when a page is another one', () => {
    const content = readFileSync(file);
    content[7 * PAGE]! ^= 1;
    writeFileSync(file, content);
    for (const args of [
      ['read', file, 2],
      ['random', file, 2, 4, 512],
    ]) {
      const { status, stdout, stderr } = run(...args);
      expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
      expect(stderr).toBe('dataload: 1 of 512 answers were wrong\n');
    }
  });
});
