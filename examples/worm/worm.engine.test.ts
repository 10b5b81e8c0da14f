/** Grace and retention periods; the test's storage sets each file's age. */
import { expect, it } from 'vitest';
import { EPERM } from '../../runtime/core/errno.ts';
import { IA_IFREG } from '../../runtime/core/iatt.ts';
import { Fd } from '../../runtime/core/operands.ts';
import { makeAttributes } from '../../test/support/core.ts';
import { type RunningModule, startModule } from '../../test/support/module.ts';

const start = (options: Readonly<Record<string, string>>): Promise<RunningModule> =>
  startModule(import.meta.dirname, { name: 'worm', options });

/** Replies to lookups with a file changed so many seconds ago; other requests succeed. */
function changedAgo(run: RunningModule, seconds: number): void {
  run.leaf.onRequest = (held) => {
    if (held.name === 'open') return held.answer(0, 0, held.args[2], null);
    if (held.name !== 'lookup') return held.answer(0, 0, null, null, null);
    const { gfid } = run.knownLoc('file').inode!;
    const buf = makeAttributes(gfid, IA_IFREG);
    buf.iaCtime = Math.floor(Date.now() / 1000) - seconds;
    held.answer(0, 0, run.knownLoc('file').inode, buf, null, null);
  };
}

const result = ({ opRet, opErrno }: { opRet: number; opErrno: number }): number =>
  opRet < 0 ? opErrno : 0;

it.each([
  ['', 10, EPERM, EPERM],
  ['1h', 3000, 0, 0],
  ['1h', 4000, EPERM, EPERM],
])(
  "with grace '%s', truncate and unlink of a file changed %i s ago return errno %i and %i",
  async (grace, ago, change, removal) => {
    const run = await start(grace === '' ? {} : { grace });
    changedAgo(run, ago);
    const loc = run.knownLoc('file');
    expect(result(run.ask('truncate', loc, 0, null))).toBe(change);
    expect(result(run.ask('unlink', loc, 0, null))).toBe(removal);
  },
);

it('a file in a WORM volume can be removed, but not changed, after the time of option retention', async () => {
  const run = await start({ retention: '1d' });
  const loc = run.knownLoc('file');
  changedAgo(run, 80_000);
  expect(result(run.ask('unlink', loc, 0, null))).toBe(EPERM);
  changedAgo(run, 90_000);
  expect(result(run.ask('unlink', loc, 0, null))).toBe(0);
  expect(result(run.ask('truncate', loc, 0, null))).toBe(EPERM);
});

it('a file in a WORM volume can be changed by a program that has it open for writing', async () => {
  const run = await start({ grace: '1h' });
  const loc = run.knownLoc('file');
  changedAgo(run, 10);
  const fd = new Fd(loc.inode!, 1, 1);
  expect(result(run.ask('open', loc, 1, fd, null))).toBe(0);
  changedAgo(run, 10_000);
  expect(result(run.ask('truncate', loc, 0, null))).toBe(0);
  fd.release();
  expect(result(run.ask('truncate', loc, 0, null))).toBe(EPERM);
});
