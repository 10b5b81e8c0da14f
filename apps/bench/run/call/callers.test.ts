import { afterEach, describe, expect, it } from 'vitest';
import { EIO, ENOENT } from '../../../../runtime/core/errno.ts';
import { fail, unwind } from '../../../../runtime/core/gen/fops.gen.ts';
import { defineTranslator, type Translator } from '../../../../runtime/core/xlator.ts';
import { NotMeasured } from '../../engine/not-measured.ts';
import { Cleanup } from '../cleanup.ts';
import { anyFd, type Batch, lookups, reads } from './callers.ts';
import { absentLeaf, type Lab, presentLeaf, startGraph, startModule } from './graphs.ts';
import { measurePairs } from './pairs.ts';

const said: string[] = [];
const cleanup = new Cleanup();
const say = (message: string): void => void said.push(message);

/** A lab whose folder is not writable, as no module is compiled. */
const lab = (): Lab => ({ folder: '/', cleanup, signal: new AbortController().signal, say });

afterEach(async () => {
  await cleanup.run(say);
  expect(said.splice(0)).toEqual([]);
});

describe('callers', () => {
  it('make the requested number of calls, and check each answer', async () => {
    let asked = 0;
    const leaf = {
      translator: defineTranslator<null, Record<string, never>>({
        type: 'test/leaf',
        description: 'Counts.',
        children: [0, 0],
        options: {},
        fops: {
          lookup(frame) {
            asked += 1;
            if (asked < 5) fail.lookup(frame, ENOENT);
            else fail.lookup(frame, EIO);
          },
        },
        init: () => null,
      }) as unknown as Translator<unknown>,
    };
    const batch = lookups(await startGraph(lab(), [leaf]), ENOENT);
    expect(await batch(4)).toBeGreaterThan(0);
    expect(asked).toBe(4);
    await expect(batch(1)).rejects.toThrow(new NotMeasured('a reply was EIO'));
  });

  it('wait for asynchronous answers', async () => {
    const leaf = {
      translator: defineTranslator<null, Record<string, never>>({
        type: 'test/leaf',
        description: 'Takes its time.',
        children: [0, 0],
        options: {},
        fops: {
          readv: (frame, _xl, _fd, size) =>
            void setImmediate(() => unwind.readv(frame, size, 0, null, null, null)),
        },
        init: () => null,
      }) as unknown as Translator<unknown>,
    };
    const graph = await startGraph(lab(), [leaf]);
    expect(await reads(graph, anyFd(graph))(3)).toBeGreaterThan(0);
  });

  it.each([
    ['decided', absentLeaf, ENOENT],
    ['seen', presentLeaf, 0],
  ] as const)(
    'get the expected answers of the module %s in TypeScript',
    async (name, below, errno) => {
      const graph = await startModule(lab(), 'typescript', name, below);
      expect(await lookups(graph, errno)(200)).toBeGreaterThan(0);
      // The module remembers these names, and no longer winds.
      if (name === 'decided') expect((graph.top.priv as Set<string>).size).toBe(100);
    },
  );

  it('name the file of a module that is absent', async () => {
    const started = startModule(lab(), 'typescript', 'none', absentLeaf);
    await expect(started).rejects.toThrow(NotMeasured);
    await expect(started).rejects.toThrow(/there is no file .*none\.ts/);
  });
});

describe('rounds', () => {
  it('warm up first, alternate, and keep the best times of each variant', async () => {
    const order: string[] = [];
    const variant =
      (name: string, times: readonly number[]): Batch =>
      async (count) => {
        order.push(`${name}${count}`);
        return times[order.filter((one) => one.startsWith(name)).length - 1]!;
      };
    const variants = { a: variant('a', [9, 3, 1, 4, 2]), b: variant('b', [9, 5, 6, 8, 7]) };
    const load = { rounds: 2, best: 2, count: 10, warm: 10 };
    const series = await measurePairs(lab(), variants, load);
    expect(order.join(' ')).toBe('a10 b10 a10 b10 b10 a10 a10 b10 b10 a10');
    expect(series).toEqual({ a: [1, 2], b: [5, 7] });
  });

  it('end when the bench is interrupted', async () => {
    const signal = AbortSignal.abort();
    const load = { rounds: 2, best: 1, count: 1, warm: 0 };
    const measured = measurePairs({ ...lab(), signal }, { a: async () => 1 }, load);
    await expect(measured).rejects.toThrow('aborted');
  });
});
