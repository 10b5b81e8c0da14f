/**
 * The bridge contract for interrupted callers. `cancel` has cancel methods of single fops,
 * `cancel_any` one for all, and `cancel_awaited` is cancelled while it awaits its child.
 */
import { expect, it } from 'vitest';
import { EINTR, EIO } from '../../../runtime/core/errno.ts';
import { Fd } from '../../../runtime/core/operands.ts';
import { hostedLanguage, type Language, makeQuietStart } from '../../support/module.ts';
import { makeSized, takeTexts } from './requests.ts';

const interrupted = { count: 1, opRet: -1, opErrno: EINTR };

export function cancelContract(folder: string, language: Language = hostedLanguage): void {
  const start = makeQuietStart(folder, language);

  it("cancel: the cancel method answers, and the child's later reply changes nothing", async () => {
    const run = await start('cancel');
    const reply = run.ask('stat', run.knownLoc('a'), null);
    const [held] = run.takeRequests();
    expect(reply.count).toBe(0);
    reply.frame.root.interrupt();
    expect(reply).toMatchObject(interrupted);
    expect(takeTexts(run)).toEqual(['stat is not wanted']);
    held!.answer(0, 0, makeSized(1), null);
    expect(reply).toMatchObject(interrupted);
    expect(takeTexts(run)).toEqual(['stat is answered already']);
    run.expectSettled();
  });

  it('cancel: a cancel method that does nothing leaves the answer to the callback', async () => {
    const run = await start('cancel');
    const reply = run.ask('readlink', run.knownLoc('a'), 100, null);
    reply.frame.root.interrupt();
    expect(takeTexts(run)).toEqual(['readlink is not wanted']);
    expect(reply.count).toBe(0);
    run.takeRequests()[0]!.answer(1, 0, 'x', makeSized(1), null);
    expect(reply).toMatchObject({ count: 1, opRet: 1 });
    run.expectSettled();
  });

  it('cancel: the cancel method answers a request that was never wound', async () => {
    const run = await start('cancel');
    const reply = run.ask('access', run.knownLoc('a'), 0, null);
    expect(run.takeRequests()).toEqual([]);
    reply.frame.root.interrupt();
    expect(reply).toMatchObject(interrupted);
    run.expectSettled();
  });

  it('cancel: an exception in the cancel method fails the request with EIO', async () => {
    const run = await start('cancel');
    const reply = run.ask('statfs', run.knownLoc('a'), null);
    reply.frame.root.interrupt();
    expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: EIO });
    expect(takeTexts(run).join('\n')).toContain('cannot be stopped');
    run.takeRequests()[0]!.answer(0, 0, null, null);
    run.expectSettled();
  });

  it('cancel: a fop without a cancel method waits for its child', async () => {
    const run = await start('cancel');
    const reply = run.ask('fsync', new Fd(run.root, 0, 1), 0, null);
    reply.frame.root.interrupt();
    expect(reply.count).toBe(0);
    run.takeRequests()[0]!.answer(0, 0, null, null, null);
    expect(reply).toMatchObject({ count: 1, opRet: 0 });
    run.expectSettled();
  });

  it('cancel_any: any_cancel serves every fop that has no cancel method', async () => {
    const run = await start('cancel_any');
    for (const [name, message] of [
      ['stat', 'own stat'],
      ['lookup', 'any lookup'],
    ] as const) {
      const reply = run.ask(name, run.knownLoc('a'), null);
      reply.frame.root.interrupt();
      expect(reply).toMatchObject(interrupted);
      expect(takeTexts(run)).toEqual([message]);
      const [held] = run.takeRequests();
      held!.answer(
        0,
        0,
        ...(name === 'stat' ? [makeSized(1), null] : [null, makeSized(1), null, null]),
      );
    }
    run.expectSettled();
  });

  it('cancel_awaited: an uncaught cancellation answers EINTR', async () => {
    const run = await start('cancel_awaited');
    const reply = run.ask('stat', run.knownLoc('a'), null);
    const [held] = run.takeRequests();
    reply.frame.root.interrupt();
    expect(takeTexts(run)).toEqual(['stat is cancelled']);
    expect(reply).toMatchObject(interrupted);
    held!.answer(0, 0, makeSized(1), null);
    expect(reply).toMatchObject(interrupted);
    expect(takeTexts(run)).toEqual([]);
    run.expectSettled();
  });

  it('cancel_awaited: a method that catches the cancellation may answer', async () => {
    const run = await start('cancel_awaited');
    const reply = run.ask('readlink', run.knownLoc('a'), 100, null);
    const [held] = run.takeRequests();
    reply.frame.root.interrupt();
    expect(reply).toMatchObject({ count: 1, opRet: 3, values: ['own', null, null] });
    held!.answer(1, 0, 'x', makeSized(1), null);
    expect(reply.count).toBe(1);
    run.expectSettled();
  });

  it('cancel_awaited: a cancelled method may wind a request to tidy up', async () => {
    const run = await start('cancel_awaited');
    const fd = new Fd(run.root, 0, 1);
    const reply = run.ask('fsync', fd, 0, null);
    const [held] = run.takeRequests();
    reply.frame.root.interrupt();
    expect(reply.count).toBe(0);
    const [tidying] = run.takeRequests();
    expect([tidying!.name, tidying!.args[0]]).toEqual(['flush', fd]);
    held!.answer(0, 0, null, null, null);
    expect(reply.count).toBe(0);
    tidying!.answer(0, 0, null);
    expect(reply).toMatchObject(interrupted);
    run.expectSettled();
  });

  it('cancel_awaited: a cancelled method waits for none of its children', async () => {
    const run = await start('cancel_awaited');
    const reply = run.ask('access', run.knownLoc('a'), 0, null);
    const held = run.takeRequests();
    expect(held).toHaveLength(2);
    held[0]!.answer(0, 0, null);
    expect(reply.count).toBe(0);
    reply.frame.root.interrupt();
    expect(reply).toMatchObject(interrupted);
    held[1]!.answer(0, 0, null);
    expect(reply.count).toBe(1);
    run.expectSettled();
  });

  it('cancel_awaited: an answered request is not cancelled', async () => {
    const run = await start('cancel_awaited');
    const reply = run.ask('stat', run.knownLoc('a'), null);
    run.takeRequests()[0]!.answer(0, 0, makeSized(1), null);
    reply.frame.root.interrupt();
    expect(reply).toMatchObject({ count: 1, opRet: 0 });
    expect(takeTexts(run)).toEqual([]);
    run.expectSettled();
  });
}
