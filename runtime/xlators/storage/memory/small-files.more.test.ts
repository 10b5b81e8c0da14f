/** Many small files come and go, and the process is as large as before. */
import { expect, it } from 'vitest';
import { type Reply, startVolume, type TestVolume } from '../../../../test/contract/driver.ts';
import { collectGarbage } from '../../../sys/garbage-collector.ts';
import memory from './index.ts';

const FILES = 30_000;
/** What one file may leave behind, in bytes; its page alone would be 4096. */
const LEFT = 50;

/** What has to succeed; there are too many for an `expect` of each. */
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
  const inode = vol.graph.inodes.grep(vol.root, name)!;
  ok(await vol.unlink(vol.root, name));
  vol.graph.inodes.forget(inode, 0);
}

function inUse(): number {
  // What one run makes free is counted after the next.
  for (let i = 0; i < 4; i++) collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

it('leaves nothing', async () => {
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
