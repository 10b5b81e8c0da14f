/** A mirror's reactions to the replies of its two children. */
import { expect, it } from 'vitest';
import { Dict } from '../../runtime/core/dict.ts';
import { EIO, ENODATA, ENOENT, ENOSPC, EOPNOTSUPP, EPERM } from '../../runtime/core/errno.ts';
import { fops } from '../../runtime/core/fops.ts';
import type { FopName } from '../../runtime/core/gen/fops.gen.ts';
import { IA_IFREG } from '../../runtime/core/iatt.ts';
import { Fd } from '../../runtime/core/operands.ts';
import { type HeldRequest, makeAttributes, makeGfid } from '../../test/support/core.ts';
import { type RunningModule, startModule } from '../../test/support/module.ts';

const STALE = 'user.mirror.stale';
const DATA = new Uint8Array(4);

/** Starts a mirror of leaf0 and leaf1, whose roots have these stale marks. */
async function mirror(...marks: readonly (string | undefined)[]): Promise<RunningModule> {
  const run = await startModule(import.meta.dirname, { name: 'mirror', leaves: 2 });
  for (const at of [0, 1]) {
    const [held] = run.takeRequests(at);
    const mark = marks[at];
    expect(held).toMatchObject({ name: 'getxattr', args: [{}, STALE, null] });
    if (mark === undefined) held!.answer(-1, ENODATA, null, null);
    else held!.answer(0, 0, new Dict().set(STALE, new TextEncoder().encode(mark)), null);
  }
  return run;
}

const done = (held: HeldRequest | undefined, opRet = 4): void =>
  held!.answer(opRet, 0, null, null, null);

function write(run: RunningModule, name = 'file') {
  const loc = run.knownLoc(name);
  return run.ask('writev', new Fd(loc.inode!, 2, 1), DATA, 0, 0, null);
}

/** The names of the requests at each child. */
const names = (run: RunningModule): string[][] =>
  run.leaves.map(({ requests: held }) => held.map(({ name }) => name));

it('mirror refuses the fops that it does not implement with EOPNOTSUPP', async () => {
  const run = await mirror();
  const refused = fops.filter(({ name }) => run.xl.fops[name as FopName] === undefined);
  expect(refused.map(({ name }) => name)).toEqual(
    'rchecksum getspec ipc lease getactivelk setactivelk put namelink'.split(' '),
  );
  for (const { name, args } of refused) {
    const reply = run.ask(name as FopName, ...(args.map(() => null) as never));
    expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: EOPNOTSUPP });
  }
  expect(names(run)).toEqual([[], []]);
});

it('a write to a mirror goes to both children at once, and returns after both replies', async () => {
  const run = await mirror();
  const reply = write(run);
  expect(names(run)).toEqual([['writev'], ['writev']]);
  done(run.takeRequests(1)[0]);
  expect(reply.count).toBe(0);
  done(run.takeRequests(0)[0]);
  expect(reply).toMatchObject({ count: 1, opRet: 4 });
});

it.each([0, 1])(
  "a mirror's child %i that fails is marked stale before the reply, and gets no further requests",
  async (bad) => {
    const run = await mirror();
    const good = 1 - bad;
    const reply = write(run);
    run.takeRequests(bad)[0]!.answer(-1, EIO);
    done(run.takeRequests(good)[0]);
    const [mark] = run.takeRequests(good);
    expect(mark!.name).toBe('setxattr');
    const value = (mark!.args[1] as Dict).get(STALE) as Uint8Array;
    expect(new TextDecoder().decode(value)).toBe(`leaf${bad}`);
    expect(reply.count).toBe(0);
    mark!.answer(0, 0, null);
    expect(reply).toMatchObject({ count: 1, opRet: 4 });
    write(run);
    expect(names(run)[bad]).toEqual([]);
    expect(names(run)[good]).toEqual(['writev']);
    run.ask('stat', run.knownLoc('file'), null);
    expect(names(run)[good]).toEqual(['writev', 'stat']);
  },
);

it('a request that both children of a mirror refuse fails, and both children stay in use', async () => {
  const run = await mirror();
  const reply = write(run);
  run.takeRequests(0)[0]!.answer(-1, ENOSPC);
  run.takeRequests(1)[0]!.answer(-1, EIO);
  expect(reply).toMatchObject({ count: 1, opErrno: ENOSPC });
  write(run);
  expect(names(run)).toEqual([['writev'], ['writev']]);
});

it("a mirror's child that writes fewer bytes than the other is marked stale", async () => {
  const run = await mirror();
  const reply = write(run);
  done(run.takeRequests(0)[0], 2);
  done(run.takeRequests(1)[0], 4);
  run.takeRequests(1)[0]!.answer(0, 0, null);
  expect(reply).toMatchObject({ count: 1, opRet: 4 });
  expect(run.takeLines().join()).toContain('leaf0 is stale from now on');
});

it('a write fails with EIO when each child of a mirror has missed a change', async () => {
  const run = await mirror();
  const replies = [write(run, 'one'), write(run, 'two')];
  const [left, right] = [run.takeRequests(0), run.takeRequests(1)];
  left[0]!.answer(-1, EIO);
  right[1]!.answer(-1, EIO);
  done(right[0]);
  done(left[1]);
  // The first write dropped leaf0, so its success at the second does not count.
  run.takeRequests(1)[0]!.answer(0, 0, null);
  expect(replies[0]).toMatchObject({ count: 1, opRet: 4 });
  expect(replies[1]).toMatchObject({ count: 1, opErrno: EIO });
});

it('two changes of one file reach both children in the same order', async () => {
  const run = await mirror();
  const replies = [write(run), write(run)];
  expect(names(run)).toEqual([['writev'], ['writev']]);
  done(run.takeRequests(0)[0]);
  expect(names(run)).toEqual([[], ['writev']]);
  done(run.takeRequests(1)[0]);
  expect(names(run)).toEqual([['writev'], ['writev']]);
  done(run.takeRequests(0)[0]);
  done(run.takeRequests(1)[0]);
  expect(replies.map(({ opRet }) => opRet)).toEqual([4, 4]);
});

it("a mirror's child that was marked stale before the start gets no requests", async () => {
  const run = await mirror('leaf1');
  write(run);
  expect(names(run)).toEqual([['writev'], []]);
  const other = await mirror(undefined, 'leaf0');
  other.ask('stat', other.knownLoc('file'), null);
  expect(names(other)).toEqual([[], ['stat']]);
});

it('a mirror whose children mark each other as stale sends requests to neither', async () => {
  const run = await mirror('leaf1', 'leaf0');
  expect(write(run)).toMatchObject({ count: 1, opErrno: EIO });
  expect(run.ask('stat', run.knownLoc('file'), null)).toMatchObject({ count: 1, opErrno: EIO });
  expect(names(run)).toEqual([[], []]);
});

it('a read that fails on one child is repeated on the other', async () => {
  const run = await mirror();
  const reply = run.ask('stat', run.knownLoc('file'), null);
  run.takeRequests(0)[0]!.answer(-1, EIO);
  run.takeRequests(1)[0]!.answer(0, 0, makeAttributes(makeGfid(7), IA_IFREG), null);
  expect(reply).toMatchObject({ count: 1, opRet: 0 });
  const denied = run.ask('stat', run.knownLoc('file'), null);
  run.takeRequests(0)[0]!.answer(-1, EPERM);
  expect(denied).toMatchObject({ count: 1, opErrno: EPERM });
});

it('a file without a gfid on the second child gets the gfid that it has on the first', async () => {
  const run = await mirror();
  const loc = run.absentLoc('file');
  const reply = run.ask('lookup', loc, null);
  const buf = makeAttributes(makeGfid(9), IA_IFREG);
  run.takeRequests(0)[0]!.answer(0, 0, loc.inode, buf, null, null);
  const [second] = run.takeRequests(1);
  expect((second!.args[1] as Dict).get('gfid-req')).toBe(makeGfid(9));
  second!.answer(0, 0, loc.inode, buf, null, null);
  expect(reply).toMatchObject({ count: 1, opRet: 0 });
  const missing = run.ask('lookup', run.absentLoc('nothing'), null);
  run.takeRequests(0)[0]!.answer(-1, ENOENT, null, null, null, null);
  expect(missing).toMatchObject({ count: 1, opErrno: ENOENT });
  expect(names(run)).toEqual([[], []]);
});

it('a failed child of a mirror is marked stale even if the write was interrupted', async () => {
  const run = await mirror();
  const reply = write(run);
  const { root } = reply.frame;
  root.interrupt();
  done(run.takeRequests(0)[0]);
  run.takeRequests(1)[0]!.answer(-1, EIO);
  expect(run.takeRequests(0).map(({ name }) => name)).toEqual(['setxattr']);
});
