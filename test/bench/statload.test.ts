/** The load generator, compiled as the bench does it, on a plain folder. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, compileC } from './bench.ts';
import { Cleanup } from './cleanup.ts';
import type { Sample } from './samples.ts';
import { Tools } from './tools.ts';

const tools = new Tools();

describe.skipIf(!(await tools.has('gcc')))('statload', () => {
  const folder = mkdtempSync(join(tmpdir(), 'glossa-statload-'));
  const bench: Bench = {
    quick: true,
    tools,
    cleanup: new Cleanup(),
    signal: new AbortController().signal,
    folder,
    data: folder,
    inMemory: false,
    say() {},
  };
  let program = '';

  beforeAll(async () => {
    program = await compileC(bench, 'statload');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const run = (...args: readonly (string | number)[]) =>
    spawnSync(program, args.map(String), { encoding: 'utf8' });

  it('times as many stats as it is told, and orders what it tells of them', () => {
    const { status, stdout } = run(folder, 7, 2, 100);
    expect(status).toBe(0);
    const { count, min, mean, p50, p90, p99, max } = JSON.parse(stdout) as Sample;
    expect(count).toBe(100);
    expect([min, p50, p90, p99, max]).toEqual([min, p50, p90, p99, max].toSorted((a, b) => a - b));
    expect(min).toBeGreaterThan(0);
    expect(mean).toBeGreaterThanOrEqual(min);
    expect(mean).toBeLessThanOrEqual(max);
  });

  it('tells no times when a name is there', () => {
    const file = join(folder, 'absent-3');
    writeFileSync(file, '');
    const { status, stdout, stderr } = run(folder, 7, 2, 14);
    rmSync(file);
    expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
    expect(stderr).toBe('statload: 4 of 28 answers were not ENOENT\n');
  });

  it('refuses what makes no sense', () => {
    expect(run(folder, 7, 2).status).toBe(2);
    expect(run(folder, 0, 2, 14).status).toBe(2);
    expect(run(folder, 7, 2, 'x').stderr).toContain("'x' is not a number");
  });
});
