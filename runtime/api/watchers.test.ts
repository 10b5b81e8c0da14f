import { type EventEmitter, getEventListeners, once } from 'node:events';
import { expect, it, onTestFinished, vi } from 'vitest';
import { FakeContext, startGraph } from '../../test/support/core.ts';
import memory from '../xlators/storage/memory/index.ts';
import { Volume } from './volume.ts';

it('watchFile leaves no timer when the volume is closed', async () => {
  const graph = await startGraph([{ translator: memory as never }], new FakeContext());
  const volume = Volume.fromGraph(graph, { ownsGraph: true });
  await volume.writeFile('/a', '');
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  volume.fs.watchFile('/a', { interval: 5 }, () => {});
  expect(vi.getTimerCount()).toBe(1);
  await volume.close();
  vi.advanceTimersByTime(5);
  expect(vi.getTimerCount()).toBe(0);
});

it('watch leaves no listener on its signal when it is closed, and one signal closes 20 watches', async () => {
  const graph = await startGraph([{ translator: memory as never }], new FakeContext());
  const volume = Volume.fromGraph(graph, { ownsGraph: true });
  onTestFinished(() => volume.close());
  await volume.writeFile('/a', '');
  const controller = new AbortController();
  const { signal } = controller;
  const watch = (): EventEmitter & { close(): void } => volume.fs.watch('/a', { signal });
  watch().close();
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  const closed = Array.from({ length: 20 }, () => once(watch(), 'close'));
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  controller.abort();
  await Promise.all(closed);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});
