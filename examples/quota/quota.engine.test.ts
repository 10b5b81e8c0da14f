/** Quotas of concurrent, short and interrupted writes. */
import { expect, it } from 'vitest';
import { EDQUOT, ENOENT, ENOSPC } from '../../runtime/core/errno.ts';
import { IA_IFREG } from '../../runtime/core/iatt.ts';
import type { Inode } from '../../runtime/core/inode.ts';
import { Fd, type Loc } from '../../runtime/core/operands.ts';
import { type HeldRequest, makeAttributes } from '../../test/support/core.ts';
import { makeModuleGraph, type RunningModule, startModule } from '../../test/support/module.ts';

/** Starts a volume with a limit of 100 bytes; the test replies to its writes. */
class Volume {
  readonly run: RunningModule;
  readonly sizes = new Map<Inode, number>();
  readonly writes: HeldRequest[] = [];

  constructor(run: RunningModule) {
    this.run = run;
    run.leaf.onRequest = (held) => this.answer(held);
  }

  answer(held: HeldRequest): void {
    if (held.name === 'writev') this.writes.push(held);
    else if (held.name === 'stat') {
      const { inode } = held.args[0] as Loc;
      const buf = makeAttributes(inode!.gfid, IA_IFREG);
      buf.iaSize = this.sizes.get(inode!) ?? 0;
      held.answer(0, 0, buf, null);
    } else if (held.name === 'lookup') held.answer(-1, ENOENT, null, null, null, null);
    else held.answer(0, 0, null, null, null);
  }

  write(name: string, bytes: number) {
    const { inode } = this.run.knownLoc(name);
    const fd = new Fd(inode!, 2, 1);
    return this.run.ask('writev', fd, new Uint8Array(bytes), this.sizes.get(inode!) ?? 0, 0, null);
  }

  /** Replies to the oldest write with so many bytes written. */
  take(bytes: number, opErrno = 0): void {
    const held = this.writes.shift()!;
    const { inode } = held.args[0] as Fd;
    this.sizes.set(inode, (this.sizes.get(inode) ?? 0) + bytes);
    held.answer(opErrno === 0 ? bytes : -1, opErrno, null, null, null);
  }
}

const start = async (): Promise<Volume> =>
  new Volume(
    await startModule(import.meta.dirname, { name: 'quota', options: { limits: '/:100' } }),
  );

it('two concurrent writes cannot both use the last free space of a quota', async () => {
  const volume = await start();
  const replies = [volume.write('a', 60), volume.write('b', 60)];
  expect(volume.writes).toHaveLength(1);
  volume.take(60);
  expect(replies[0]).toMatchObject({ count: 1, opRet: 60 });
  expect(replies[1]).toMatchObject({ count: 1, opErrno: EDQUOT });
  expect(volume.writes).toHaveLength(0);
});

it("a short write adds the bytes written, not those requested, to the quota's count", async () => {
  const volume = await start();
  const half = volume.write('a', 60);
  volume.take(30);
  expect(half).toMatchObject({ count: 1, opRet: 30 });
  const failed = volume.write('a', 60);
  volume.take(10, ENOSPC);
  expect(failed).toMatchObject({ count: 1, opErrno: ENOSPC });
  expect(volume.write('b', 61)).toMatchObject({ count: 1, opErrno: EDQUOT });
  const rest = volume.write('b', 60);
  volume.take(60);
  expect(rest).toMatchObject({ count: 1, opRet: 60 });
});

it('an interrupted write makes quota count the bytes of the directory again', async () => {
  const volume = await start();
  const reply = volume.write('a', 60);
  reply.frame.root.interrupt();
  expect(reply.count).toBe(1);
  // The new count is 0: the storage reports an empty tree.
  volume.writes.splice(0);
  const other = volume.write('b', 100);
  volume.take(100);
  expect(other).toMatchObject({ count: 1, opRet: 100 });
});

it.each(['home:1MB', '/home', '/home:much', '/home:1MB,/x:-1'])(
  'quota refuses the invalid limits %s with an error that names the format PATH:SIZE',
  async (limits) => {
    const run = makeModuleGraph(import.meta.dirname, { name: 'quota', options: { limits } });
    await expect(run.graph.start()).rejects.toThrow('is not PATH:SIZE');
  },
);
