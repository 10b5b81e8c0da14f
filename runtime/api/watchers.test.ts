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
