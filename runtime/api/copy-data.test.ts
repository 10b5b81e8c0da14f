/** Copies between two volumes on the disk, whose data is not copied in memory if that is safe. */
import { randomBytes } from 'node:crypto';
import * as disk from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { FakeContext, startGraph } from '../../test/support/core.ts';
import { makeFolder } from '../../test/support/folder.ts';
import type { FopName } from '../core/gen/fops.gen.ts';
import type { Graph } from '../core/graph.ts';
import type { Fop } from '../core/xlator.ts';
import posix from '../xlators/storage/posix/index.ts';
import { copyTree } from './copy.ts';
import { Volume } from './volume.ts';

const MEBIBYTE = 1024 * 1024;

async function openFolder(): Promise<{ folder: string; graph: Graph; volume: Volume }> {
  const folder = makeFolder();
  const graph = await startGraph(
    [{ translator: posix as never, options: { directory: folder } }],
    new FakeContext(),
  );
  const volume = Volume.fromGraph(graph, { ownsGraph: true });
  onTestFinished(() => volume.close());
  return { folder, graph, volume };
}

const copyFile = async (from: Volume, to: Volume): Promise<void> =>
  to.steps.run(copyTree({ from: from.steps, to: to.steps }, '/file', '/file', {}));

it.each([0, 1, MEBIBYTE - 1, MEBIBYTE, 5 * MEBIBYTE + 1])(
  'a file of %d bytes has the same content after a copy to another volume',
  async (size) => {
    const [source, target] = [await openFolder(), await openFolder()];
    const content = randomBytes(size);
    await disk.writeFile(join(source.folder, 'file'), content);
    await copyFile(source.volume, target.volume);
    expect((await disk.readFile(join(target.folder, 'file'))).equals(content)).toBe(true);
  },
);

it('a copied file keeps its data when a debugger holds the writes to the other volume', async () => {
  const [source, target] = [await openFolder(), await openFolder()];
  const content = randomBytes(5 * MEBIBYTE);
  await disk.writeFile(join(source.folder, 'file'), content);
  target.graph.intercept({
    wantsFop: (_xl, fop) => fop === 'writev',
    wrapFop:
      <N extends FopName>(_name: N, fop: Fop<N, unknown>): Fop<N, unknown> =>
      (...args: Parameters<typeof fop>) => {
        setImmediate(() => fop(...args));
      },
  });
  await copyFile(source.volume, target.volume);
  expect((await disk.readFile(join(target.folder, 'file'))).equals(content)).toBe(true);
});
