/** Memory that 30,000 small files leave behind in the process after their removal. */
import { expect, it } from 'vitest';
import { type Reply, startVolume, type TestVolume } from '../../../../test/contract/driver.ts';
import { collectGarbage } from '../../../sys/scheduled-collection.ts';
import memory from './index.ts';

const FILES = 30_000;
/** Bytes that one file may leave behind; its page alone takes 4096. */
const LEFT = 50;

/** Throws where a reply is an error; an `expect` for each of them would be slow. */
function ok(reply: Reply): Reply {
  if (reply.opRet < 0) throw new Error(reply.err);
  return reply;
}

async function make(vol: TestVolume, name: string): Promise<void> {
  const { fd } = ok(await vol.create(vol.root, name));
  ok(await vol.write(fd!, 'text', 0));
  fd!.release();
}

async function remove(vol: TestVolume, name: string): Promise<void> {
  const inode = vol.root.children!.get(name)!;
  ok(await vol.unlink(vol.root, name));
  vol.graph.inodes.forget(inode, 0);
}

function inUse(): number {
  // A run of the collector shows the memory that the run before it freed.
  for (let i = 0; i < 4; i++) collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

it('30,000 files that are created and removed leave less than 50 bytes of memory each', async () => {
  const vol = await startVolume([{ name: 'disk', translator: memory }]);
  const all = async (deed: (vol: TestVolume, name: string) => Promise<void>): Promise<void> => {
    for (let n = 0; n < FILES; n++) await deed(vol, `${n}`);
  };
  await all(make);
  await all(remove);
  const first = inUse();
  await all(make);
  expect(inUse() - first).toBeGreaterThan(FILES * 4096);
  await all(remove);
  expect(inUse() - first).toBeLessThan(FILES * LEFT);
  await vol.stop();
});
