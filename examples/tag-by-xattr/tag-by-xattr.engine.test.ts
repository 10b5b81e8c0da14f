/** Changes of a file while it is hashed, or while its tag is being set. */
import { expect, it } from 'vitest';
import { EIO, ENODATA } from '../../runtime/core/errno.ts';
import { IA_IFREG } from '../../runtime/core/iatt.ts';
import { Fd, type Loc } from '../../runtime/core/operands.ts';
import { type HeldRequest, makeAttributes } from '../../test/support/core.ts';
import { type RunningModule, startModule } from '../../test/support/module.ts';

const DATA = new TextEncoder().encode('text');

/** One file; the test holds and answers the fops named. */
class File {
  readonly run: RunningModule;
  readonly loc: Loc;
  readonly fd: Fd;
  readonly held: HeldRequest[] = [];
  /** Names of the requests that reached the storage. */
  readonly seen: string[] = [];

  constructor(run: RunningModule, holding: readonly string[]) {
    this.run = run;
    this.loc = run.knownLoc('file');
    this.fd = new Fd(this.loc.inode!, 2, 1);
    run.leaf.onRequest = (held) => {
      this.seen.push(held.name);
      if (holding.includes(held.name)) this.held.push(held);
      else this.answer(held);
    };
  }

  answer(held: HeldRequest): void {
    const buf = makeAttributes(this.loc.inode!.gfid, IA_IFREG);
    buf.iaSize = DATA.length;
    if (held.name === 'readv') {
      const data = DATA.subarray(held.args[2] as number);
      held.answer(data.length, 0, data, buf, null);
    } else if (held.name === 'fstat') held.answer(0, 0, buf, null);
    else if (held.name === 'open') held.answer(0, 0, held.args[2], null);
    else if (held.name === 'removexattr') held.answer(-1, ENODATA, null);
    else if (held.name === 'writev') held.answer(4, 0, buf, buf, null);
    else held.answer(0, 0, null);
  }

  write = () => this.run.ask('writev', this.fd, DATA, 0, 0, null);
  close = () => this.run.ask('flush', this.fd, null);
  /** Replies to the held requests, and lets tasks run. */
  async go(): Promise<void> {
    for (const held of this.held.splice(0)) this.answer(held);
    await this.settle();
  }
  /** Runs the module's tasks by the host's timer. */
  async settle(): Promise<void> {
    for (let i = 0; i < 20; i++) this.run.context.advance(1);
  }
  count = (name: string) => this.seen.filter((one) => one === name).length;
}

const start = async (...holding: string[]): Promise<File> =>
  new File(await startModule(import.meta.dirname, { name: 'tag-by-xattr' }), holding);

it('a file gets its tag only after it was closed', async () => {
  const file = await start();
  file.write();
  expect(file.count('setxattr')).toBe(0);
  file.close();
  await file.settle();
  expect(file.seen).toEqual('removexattr writev flush open fstat readv readv setxattr'.split(' '));
  expect(file.run.graph.inodes.size).toBeGreaterThan(0);
});

it('a write to a tagged file waits until the tag is removed, and fails if the removal fails', async () => {
  const file = await start('removexattr');
  const reply = file.write();
  expect(file.seen).toEqual(['removexattr']);
  file.held.splice(0)[0]!.answer(-1, EIO, null);
  expect(reply).toMatchObject({ count: 1, opErrno: EIO });
  expect(file.count('writev')).toBe(0);
});

it('a file that is written while it is hashed gets no tag before its next close', async () => {
  const file = await start('readv');
  file.write();
  file.close();
  await file.settle();
  expect(file.held).toHaveLength(1);
  file.write();
  for (let i = 0; i < 3; i++) await file.go();
  expect(file.count('setxattr')).toBe(0);
  file.close();
  for (let i = 0; i < 5; i++) await file.go();
  expect(file.count('setxattr')).toBe(1);
});

it('a file gets no tag while a write to it is pending', async () => {
  const file = await start('writev');
  file.write();
  await file.go();
  const reply = file.write();
  file.close();
  await file.settle();
  expect(file.count('readv')).toBe(2);
  expect(file.count('setxattr')).toBe(0);
  await file.go();
  expect(reply.count).toBe(1);
  file.close();
  await file.settle();
  expect(file.count('setxattr')).toBe(1);
});

it('a write that arrives while the tag is being set waits, and then removes the tag', async () => {
  const file = await start('setxattr');
  file.write();
  file.close();
  await file.settle();
  const before = file.seen.length;
  const reply = file.write();
  // The write waits for the pending setxattr, then removes the tag.
  expect(file.seen.slice(before)).toEqual([]);
  await file.go();
  expect(file.seen.slice(before)).toEqual(['removexattr', 'writev']);
  expect(reply.count).toBe(1);
});
