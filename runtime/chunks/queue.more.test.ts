/** The queue of a chunk store with as many requests as a disk's driver makes in minutes. */
import { expect, it, onTestFinished } from 'vitest';
import { startGraph } from '../../test/support/core.ts';
import { Volume } from '../api/volume.ts';
import memory from '../xlators/storage/memory/index.ts';
import { ChunkStore } from './index.ts';

const COUNT = 50_000;

/** The code with which a request failed. */
const readCode = (request: Promise<unknown>): Promise<string> =>
  request.then(
    () => 'no error',
    (error: { code: string }) => error.code,
  );

it('serves 100,000 requests that wait at once, every second of which is withdrawn', async () => {
  const volume = Volume.fromGraph(await startGraph([{ translator: memory as never }]), {
    ownsGraph: true,
  });
  onTestFinished(() => volume.close());
  const store = await ChunkStore.open(volume, { inFlight: 1 });
  onTestFinished(() => store.close());
  await (await store.open('a', { create: true })).close();
  const controllers = Array.from({ length: COUNT }, () => new AbortController());
  const outcomes = controllers.flatMap(({ signal }) => [
    readCode(store.stat('a')),
    readCode(store.stat('a', { signal })),
  ]);
  for (const controller of controllers) controller.abort();
  const all = await Promise.all(outcomes);
  expect(all.filter((outcome) => outcome === 'no error')).toHaveLength(COUNT);
  expect(all.filter((outcome) => outcome === 'ECANCELED')).toHaveLength(COUNT);
  expect([store.queue.inFlight, store.queue.queued]).toEqual([0, 0]);
});
