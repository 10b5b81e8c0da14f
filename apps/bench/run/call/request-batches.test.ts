import { afterEach, describe, expect, it } from 'vitest';
import { EIO, ENOENT } from '../../../../runtime/core/errno.ts';
import { fail, unwind } from '../../../../runtime/core/gen/fops.gen.ts';
import { defineTranslator, type Translator } from '../../../../runtime/core/xlator.ts';
import { MeasurementError, WrongAnswers } from '../../engine/measurement-error.ts';
import { Cleanup } from '../cleanup.ts';
import {
  absentLeaf,
  type GraphEnvironment,
  presentLeaf,
  startGraph,
  startModuleGraph,
} from './graphs.ts';
import {
  type Batch,
  makeFd,
  makeLookupBatch,
  makeReadBatch,
  measureBatches,
} from './request-batches.ts';

const logged: string[] = [];
const cleanup = new Cleanup();
const log = (message: string): void => void logged.push(message);

/** A lab whose folder is not writable, as no module is compiled. */
const makeEnvironment = (): GraphEnvironment => ({
  folder: '/',
  cleanup,
  signal: new AbortController().signal,
  log,
});

afterEach(async () => {
  await cleanup.run(log);
  expect(logged.splice(0)).toEqual([]);
});

describe('batches of requests', () => {
  it('make the requested number of calls, and check each reply', async () => {
    let calls = 0;
    const leaf = {
      translator: defineTranslator<null, Record<string, never>>({
        type: 'test/leaf',
        description: 'Counts.',
        children: [0, 0],
        options: {},
        fops: {
          lookup(frame) {
            calls += 1;
            if (calls < 5) fail.lookup(frame, ENOENT);
            else fail.lookup(frame, EIO);
          },
        },
        init: () => null,
      }) as unknown as Translator<unknown>,
    };
    const batch = makeLookupBatch(await startGraph(makeEnvironment(), [leaf]), ENOENT);
    expect(await batch(4)).toBeGreaterThan(0);
    expect(calls).toBe(4);
    await expect(batch(1)).rejects.toThrow(new WrongAnswers('a reply was EIO'));
  });

  it('wait for asynchronous replies', async () => {
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
    const graph = await startGraph(makeEnvironment(), [leaf]);
    expect(await makeReadBatch(graph, makeFd(graph))(3)).toBeGreaterThan(0);
  });

  it.each([
    ['decided', absentLeaf, ENOENT],
    ['seen', presentLeaf, 0],
  ] as const)(
    'get the expected replies from the module %s in TypeScript',
    async (name, leaf, errno) => {
      const graph = await startModuleGraph(makeEnvironment(), 'typescript', name, leaf);
      expect(await makeLookupBatch(graph, errno)(200)).toBeGreaterThan(0);
      // The module remembers these names, and no longer winds.
      if (name === 'decided') expect((graph.top.priv as Set<string>).size).toBe(100);
    },
  );

  it('are refused for a module whose file is absent, with a message that names the file', async () => {
    const starting = startModuleGraph(makeEnvironment(), 'typescript', 'none', absentLeaf);
    await expect(starting).rejects.toThrow(MeasurementError);
    await expect(starting).rejects.toThrow(/there is no file .*none\.ts/);
  });
});

describe('measureBatches', () => {
  it('warms up first, alternates the variants, and keeps the best batch of a round', async () => {
    const order: string[] = [];
    const makeVariant =
      (name: string, times: readonly number[]) => async (): Promise<Batch> => async (count) => {
        order.push(`${name}${count}`);
        return times[order.filter((entry) => entry.startsWith(name)).length - 1]!;
      };
    const variants = { a: makeVariant('a', [9, 3, 1, 4, 2]), b: makeVariant('b', [9, 5, 6, 8, 7]) };
    const load = { rounds: 2, batchesPerRound: 2, requestsPerBatch: 10, warmUpRequests: 10 };
    const series = await measureBatches(makeEnvironment(), variants, load);
    expect(order.join(' ')).toBe('a10 b10 a10 b10 b10 a10 a10 b10 b10 a10');
    expect(Object.fromEntries(series)).toEqual({ a: [1, 2], b: [5, 7] });
  });

  it('rejects when it is interrupted before the first round', async () => {
    const signal = AbortSignal.abort();
    const load = { rounds: 2, batchesPerRound: 1, requestsPerBatch: 1, warmUpRequests: 0 };
    const environment = { ...makeEnvironment(), signal };
    const measuring = measureBatches(environment, { a: async () => async () => 1 }, load);
    await expect(measuring).rejects.toThrow('aborted');
  });
});
