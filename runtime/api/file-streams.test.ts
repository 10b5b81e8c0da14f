import { once } from 'node:events';
import { expect, it } from 'vitest';
import { FakeContext, startGraph } from '../../test/support/core.ts';
import memory from '../xlators/storage/memory/index.ts';
import { Volume } from './volume.ts';

it('a file stream that outlives its volume causes no unhandled rejection', async () => {
  const graph = await startGraph([{ translator: memory as never }], new FakeContext());
  const volume = Volume.fromGraph(graph, { ownsGraph: true });
  await volume.writeFile('/a', 'x'.repeat(300_000));
  const stream = volume.fs.createReadStream('/a');
  const rejections: unknown[] = [];
  const note = (reason: unknown): void => void rejections.push(reason);
  process.prependListener('unhandledRejection', note);
  try {
    await once(stream, 'readable');
    await volume.close();
    const closed = once(stream, 'close');
    stream.destroy();
    await closed;
    await new Promise((resolve) => setImmediate(resolve));
    expect(rejections).toEqual([]);
  } finally {
    process.off('unhandledRejection', note);
  }
});
