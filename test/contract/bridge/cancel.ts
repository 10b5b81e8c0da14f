/**
 * The bridge contract: the caller gives up. `cancel` has methods that are told, `cancel_any` one for
 * all of them, `cancel_awaited` awaits its child and is told there.
 */
import { expect, it } from 'vitest';
import { EINTR, EIO } from '../../../runtime/core/errno.ts';
import { Fd } from '../../../runtime/core/fd.ts';
import { hosted, type Language, type RunningModule, startModule } from '../../support/module.ts';
import { sized, texts } from './requests.ts';

const interrupted = { count: 1, opRet: -1, opErrno: EINTR };

/**
 * @param folder where the language's modules are.
 * @param language how they are loaded.
 */
export function cancelContract(folder: string, language: Language = hosted): void {
  const start = async (name: string): Promise<RunningModule> => {
    const run = await startModule(folder, { name, language });
    run.lines();
    return run;
  };

  it('cancel: it may answer; what the child says then is seen, and changes nothing', async () => {
    const run = await start('cancel');
    const reply = run.ask('stat', run.known('a'), null);
    const [held] = run.asked();
    expect(reply.count).toBe(0);
    reply.frame.root.interrupt();
    expect(reply).toMatchObject(interrupted);
    expect(texts(run)).toEqual(['stat is not wanted']);
    held!.answer(0, 0, sized(1), null);
    expect(reply).toMatchObject(interrupted);
    expect(texts(run)).toEqual(['stat is answered already']);
    run.settled();
  });

  it('cancel: it may do nothing, and the callback comes as usual', async () => {
    const run = await start('cancel');
    const reply = run.ask('readlink', run.known('a'), 100, null);
    reply.frame.root.interrupt();
    expect(texts(run)).toEqual(['readlink is not wanted']);
    expect(reply.count).toBe(0);
    run.asked()[0]!.answer(1, 0, 'x', sized(1), null);
    expect(reply).toMatchObject({ count: 1, opRet: 1 });
    run.settled();
  });

  it('cancel: it may answer what was never wound', async () => {
    const run = await start('cancel');
    const reply = run.ask('access', run.known('a'), 0, null);
    expect(run.asked()).toEqual([]);
    reply.frame.root.interrupt();
    expect(reply).toMatchObject(interrupted);
    run.settled();
  });

  it('cancel: a failure of it fails the request', async () => {
    const run = await start('cancel');
    const reply = run.ask('statfs', run.known('a'), null);
    reply.frame.root.interrupt();
    expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: EIO });
    expect(texts(run).join('\n')).toContain('cannot be stopped');
    run.asked()[0]!.answer(0, 0, null, null);
    run.settled();
  });

  it('cancel: a fop without it is not told', async () => {
    const run = await start('cancel');
    const reply = run.ask('fsync', new Fd(run.root, 0, 1), 0, null);
    reply.frame.root.interrupt();
    expect(reply.count).toBe(0);
    run.asked()[0]!.answer(0, 0, null, null, null);
    expect(reply).toMatchObject({ count: 1, opRet: 0 });
    run.settled();
  });

  it('cancel_any: one for every fop but those with their own', async () => {
    const run = await start('cancel_any');
    for (const [name, said] of [
      ['stat', 'own stat'],
      ['lookup', 'any lookup'],
    ] as const) {
      const reply = run.ask(name, run.known('a'), null);
      reply.frame.root.interrupt();
      expect(reply).toMatchObject(interrupted);
      expect(texts(run)).toEqual([said]);
      const [held] = run.asked();
      held!.answer(0, 0, ...(name === 'stat' ? [sized(1), null] : [null, sized(1), null, null]));
    }
    run.settled();
  });

  it('cancel_awaited: it is told where it awaits; let through, it is EINTR', async () => {
    const run = await start('cancel_awaited');
    const reply = run.ask('stat', run.known('a'), null);
    const [held] = run.asked();
    reply.frame.root.interrupt();
    expect(texts(run)).toEqual(['stat is cancelled']);
    expect(reply).toMatchObject(interrupted);
    held!.answer(0, 0, sized(1), null);
    expect(reply).toMatchObject(interrupted);
    expect(texts(run)).toEqual([]);
    run.settled();
  });

  it('cancel_awaited: caught, it may answer all the same', async () => {
    const run = await start('cancel_awaited');
    const reply = run.ask('readlink', run.known('a'), 100, null);
    const [held] = run.asked();
    reply.frame.root.interrupt();
    expect(reply).toMatchObject({ count: 1, opRet: 3, values: ['own', null, null] });
    held!.answer(1, 0, 'x', sized(1), null);
    expect(reply.count).toBe(1);
    run.settled();
  });

  it('cancel_awaited: it may tidy up, and ask its child for that', async () => {
    const run = await start('cancel_awaited');
    const fd = new Fd(run.root, 0, 1);
    const reply = run.ask('fsync', fd, 0, null);
    const [held] = run.asked();
    reply.frame.root.interrupt();
    expect(reply.count).toBe(0);
    const [tidying] = run.asked();
    expect([tidying!.name, tidying!.args[0]]).toEqual(['flush', fd]);
    held!.answer(0, 0, null, null, null);
    expect(reply.count).toBe(0);
    tidying!.answer(0, 0, null);
    expect(reply).toMatchObject(interrupted);
    run.settled();
  });

  it('cancel_awaited: of several that it awaits, none is waited for', async () => {
    const run = await start('cancel_awaited');
    const reply = run.ask('access', run.known('a'), 0, null);
    const held = run.asked();
    expect(held).toHaveLength(2);
    held[0]!.answer(0, 0, null);
    expect(reply.count).toBe(0);
    reply.frame.root.interrupt();
    expect(reply).toMatchObject(interrupted);
    held[1]!.answer(0, 0, null);
    expect(reply.count).toBe(1);
    run.settled();
  });

  it('cancel_awaited: a request that was answered is not told', async () => {
    const run = await start('cancel_awaited');
    const reply = run.ask('stat', run.known('a'), null);
    run.asked()[0]!.answer(0, 0, sized(1), null);
    reply.frame.root.interrupt();
    expect(reply).toMatchObject({ count: 1, opRet: 0 });
    expect(texts(run)).toEqual([]);
    run.settled();
  });
}
