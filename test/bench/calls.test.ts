/** Tests of single calls on a plain folder: their client processes, and their warm-up. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { makeBench } from '../support/bench.ts';
import { makeFolder } from '../support/folder.ts';
import { prepareCalls, warmUp } from './calls.ts';
import { type Operation, operations } from './operations.ts';

const folder = makeFolder();
const bench = makeBench(folder);
const target = { pid: null, root: folder };
const slot = {
  placement: 'free',
  cpuAssignment: { client: null, servers: '' },
  round: 1,
} as const;
let directories = 0;

function newDirectory(): string {
  directories += 1;
  const path = join(folder, `directory-${directories}`);
  mkdirSync(path);
  return path;
}

afterEach(() => bench.cleanup.run((message) => expect(message).toBe('')));

const run = (operation: Operation, path: string, count: number, clients = 1) =>
  prepareCalls(bench, operation, { names: 7, before: 2, clients })(target, slot, path, count);

describe('a client of single calls', () => {
  it.each(operations)('times %s calls, whose statistics are ordered', async (operation) => {
    const times = await run(operation, newDirectory(), 100);
    const { mean, p50, p99, each, perSecond } = times;
    expect(p50).toBeGreaterThan(0);
    expect(mean).toBeGreaterThan(0);
    expect(p99).toBeGreaterThanOrEqual(p50);
    expect(times['p99.9']).toBeGreaterThanOrEqual(p99);
    expect(each * perSecond).toBeCloseTo(1e6);
  });

  it('works beside others, in a directory of its own', async () => {
    const directory = newDirectory();
    const { each, mean } = await run('stat', directory, 100, 3);
    expect(each).toBeGreaterThan(mean / 3);
    expect(readdirSync(directory).sort()).toEqual(['client-0', 'client-1', 'client-2']);
    expect(readdirSync(join(directory, 'client-2'))).toHaveLength(7);
    await run('stat', directory, 100, 3);
  });

  it.each(['create', 'small', 'write'] as const)(
    '%s removes the files that it creates',
    async (operation) => {
      const directory = newDirectory();
      await run(operation, directory, 100);
      expect(readdirSync(directory)).toEqual([]);
    },
  );

  it.each(['absent', 'create'] as const)(
    'rejects %s calls with a wrong result',
    async (operation) => {
      const directory = newDirectory();
      writeFileSync(join(directory, 'name-3'), '');
      await expect(run(operation, directory, 14)).rejects.toMatchObject({
        name: 'WrongAnswers',
        message: expect.stringMatching(/^2 of 14 answers were wrong: \w+ of name-3: /),
      });
    },
  );

  it('rejects calls in a directory that is gone', async () => {
    const directory = newDirectory();
    rmSync(directory, { recursive: true });
    writeFileSync(directory, '');
    await expect(run('absent', directory, 14)).rejects.toMatchObject({ name: 'MeasurementError' });
  });
});

it('a warm-up ends once blocks of calls take equally long, and says when they never do', async () => {
  const load = { count: 100, warm: 1000 };
  const blocks: number[] = [];
  await warmUp(async (calls) => ({ mean: blocks.push(calls) > 2 ? 1 : 9 }), load);
  expect(blocks).toHaveLength(7);
  const unsteady: number[] = [];
  let time = 1;
  await warmUp(
    async () => {
      time *= 2;
      return { mean: time };
    },
    load,
    (calls) => unsteady.push(calls),
  );
  expect(unsteady).toEqual([1000]);
});
