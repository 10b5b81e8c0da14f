/** Delays, and wrong options in the volfile. */
import { expect, it } from 'vitest';
import { EIO } from '../../runtime/core/errno.ts';
import { makeModuleGraph, startModule } from '../../test/support/module.ts';

it('flaky with option delay waits before each request fails or continues', async () => {
  const run = await startModule(import.meta.dirname, { name: 'flaky', options: { delay: '2' } });
  const failing = run.ask('stat', run.knownLoc('file'), null);
  run.context.advance(1900);
  expect(failing.count).toBe(0);
  run.context.advance(200);
  expect(failing).toMatchObject({ count: 1, opErrno: EIO });
  expect(run.takeRequests()).toEqual([]);
  const options = { delay: '2', errno: 'none' };
  const waiting = await startModule(import.meta.dirname, { name: 'flaky', options });
  const reply = waiting.ask('stat', waiting.knownLoc('file'), null);
  expect(waiting.takeRequests()).toEqual([]);
  waiting.context.advance(2100);
  waiting.takeRequests()[0]!.answer(0, 0, null, null);
  expect(reply).toMatchObject({ count: 1, opRet: 0 });
  waiting.expectSettled();
});

it.each([
  [{ errno: 'EWHAT' }, 'EWHAT'],
  [{ fops: 'lookup,wirtev' }, 'wirtev'],
])(
  'flaky does not start with the invalid options %o, and the error names the wrong value',
  async (options, what) => {
    const run = makeModuleGraph(import.meta.dirname, { name: 'flaky', options });
    await expect(run.graph.start()).rejects.toThrow(what);
  },
);
