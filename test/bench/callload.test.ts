/** Tests of callload, the load generator of single calls, on a plain folder. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { describeCompiled, makeBench } from '../support/bench.ts';
import { makeFolder } from '../support/folder.ts';
import { type CallSample, compileLoad, runLoad } from './calls.ts';

describeCompiled('the benchmark program callload', () => {
  const folder = makeFolder();
  let program = '';
  let directories = 0;

  beforeAll(() => {
    program = compileLoad(makeBench(folder));
  });

  function newDirectory(): string {
    directories += 1;
    const path = join(folder, `directory-${directories}`);
    mkdirSync(path);
    return path;
  }

  const run = (...args: readonly (string | number)[]) =>
    spawnSync(program, args.map(String), { encoding: 'utf8' });

  it.each(['absent', 'stat', 'read', 'create', 'list'])(
    'times the given number of %s calls and prints ordered percentiles',
    (operation) => {
      const { status, stdout } = run(operation, newDirectory(), 7, 2, 100);
      expect(status).toBe(0);
      const { count, min, mean, p50, p90, p99, max, ...more } = JSON.parse(stdout) as CallSample &
        Record<'count' | 'min' | 'p90' | 'max', number>;
      expect(count).toBe(100);
      const times = [min, p50, p90, p99, more['p99.9'], max];
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(min).toBeGreaterThan(0);
      expect(mean).toBeGreaterThanOrEqual(min);
      expect(mean).toBeLessThanOrEqual(max);
    },
  );

  it('lets several clients make the calls at the same time, in directories of their own', () => {
    const directory = newDirectory();
    const { status, stdout } = run('-c', 3, 'stat', directory, 7, 2, 100);
    expect(status).toBe(0);
    const { count, each, max } = JSON.parse(stdout) as CallSample & Record<'count' | 'max', number>;
    expect(count).toBe(300);
    expect(each * count).toBeGreaterThanOrEqual(max);
    expect(readdirSync(directory).sort()).toEqual(['client-0', 'client-1', 'client-2']);
    expect(readdirSync(join(directory, 'client-2'))).toHaveLength(7);
    expect(run('-c', 3, 'stat', directory, 7, 2, 100).status).toBe(0);
  });

  it('counts the wrong results of all clients, and exits with status 2 if one cannot start', () => {
    const directory = newDirectory();
    mkdirSync(join(directory, 'client-1'));
    writeFileSync(join(directory, 'client-1', 'name-3'), '');
    const { status, stderr } = run('-c', 2, 'absent', directory, 7, 2, 14);
    expect(status).toBe(3);
    expect(stderr).toBe('callload: 4 of 56 answers were wrong\n');
    writeFileSync(join(directory, 'client-2'), '');
    expect(run('-c', 3, 'absent', directory, 7, 2, 14).status).toBe(2);
  });

  it('removes the files that it creates', () => {
    const directory = newDirectory();
    expect(run('create', directory, 7, 2, 100).status).toBe(0);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('exits with status 3, and prints no times, after a call with a wrong result', () => {
    const directory = newDirectory();
    writeFileSync(join(directory, 'name-3'), '');
    for (const operation of ['absent', 'create']) {
      const { status, stdout, stderr } = run(operation, directory, 7, 2, 14);
      expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
      expect(stderr).toBe('callload: 4 of 28 answers were wrong\n');
    }
  });

  it('makes runLoad reject with WrongAnswers for wrong results, and with MeasurementError for an unknown operation', async () => {
    const bench = makeBench(folder);
    const directory = newDirectory();
    writeFileSync(join(directory, 'name-0'), '');
    const load = (operation: string) => runLoad(bench, program, operation, directory, 1, 0, 1);
    await expect(load('absent')).rejects.toMatchObject({
      name: 'WrongAnswers',
      message: 'callload: 1 of 1 answers were wrong',
    });
    await expect(load('rename')).rejects.toMatchObject({
      name: 'MeasurementError',
      message: "callload: there is no operation 'rename'",
    });
  });

  it('exits with status 2 for missing, zero, non-numeric and unknown arguments', () => {
    expect(run('absent', folder, 7, 2).status).toBe(2);
    expect(run('absent', folder, 0, 2, 14).status).toBe(2);
    expect(run('absent', folder, 7, 2, 'x').stderr).toContain("'x' is not a number");
    expect(run('rename', folder, 7, 2, 14).stderr).toContain("no operation 'rename'");
  });
});
