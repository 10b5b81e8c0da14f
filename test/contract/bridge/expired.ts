/**
 * The bridge contract for objects of ended requests. The module `expired` stores one object of each
 * kind; its `statfs` uses each and logs the exception or value. The module `loc_life` logs whether
 * locs are valid after each way that a request can end.
 */
import { expect, it } from 'vitest';
import { Dict } from '../../../runtime/core/dict.ts';
import { Fd } from '../../../runtime/core/operands.ts';
import { hostedLanguage, type Language, startModule } from '../../support/module.ts';
import { makeSized, takeTexts } from './requests.ts';

export function expiredContract(folder: string, language: Language = hostedLanguage): void {
  it('expired: objects of an ended request raise HandleExpired', async () => {
    const run = await startModule(folder, { name: 'expired', language });
    const { inodes } = run.graph;
    const a = run.knownLoc('a');
    run.ask('stat', a, null);
    run.takeRequests()[0]!.answer(0, 0, makeSized(1), Dict.of({ key: 1 }));
    const fd = new Fd(run.root, 0, 1, true);
    run.ask('readv', fd, 1, 0, 0, null);
    run.takeRequests()[0]!.answer(1, 0, Uint8Array.of(1), null, null);
    run.ask('readdirp', fd, 1, 0, null);
    run.takeRequests()[0]!.answer(0, 0, [], null);
    fd.release();
    inodes.lookup(a.inode!);
    inodes.forget(a.inode!, 0);
    inodes.unlink(run.root, 'a');
    inodes.lruLimit = 1;
    run.knownLoc('other');
    run.takeLines();
    run.ask('statfs', run.knownLoc('b'), null);
    const messages = takeTexts(run).filter((text) => !text.startsWith('refused: '));
    expect(messages).toEqual([
      'loc: HandleExpired',
      'loc path: HandleExpired',
      'loc parent: HandleExpired',
      'loc replaced: HandleExpired',
      'loc wound to: HandleExpired',
      'loc copied: a a',
      'loc made: a~',
      'inode: HandleExpired',
      'fd: HandleExpired',
      'fd context: HandleExpired',
      'iatt: HandleExpired',
      'dict: HandleExpired',
      'bytes: HandleExpired',
      'listing: HandleExpired',
      'caller: HandleExpired',
      'wind: AlreadyAnswered',
      'unwind: AlreadyAnswered',
    ]);
    run.expectSettled();
  });

  it('loc_life: a loc expires with its request, however the request ends', async () => {
    const run = await startModule(folder, { name: 'loc_life', language });
    run.takeLines();
    const takeMessages = (): string[] =>
      takeTexts(run).filter((text) => !text.startsWith('refused: '));
    const a = run.knownLoc('a');
    // Two at a time: the one must not end the other's.
    run.ask('stat', a, null);
    run.ask('stat', run.knownLoc('b'), null);
    run.ask('truncate', a, 0, null);
    run.ask('readlink', a, 1, null);
    const [stat, stat2, truncate, readlink] = run.takeRequests();
    truncate!.answer(0, 0, makeSized(1), makeSized(1), null);
    stat!.answer(0, 0, makeSized(1), null);
    stat2!.answer(0, 0, makeSized(1), null);
    readlink!.answer(1, 0, 'x', makeSized(1), null);
    run.ask('access', a, 0, null);
    run.ask('mkdir', run.knownLoc('d'), 0, 0, null);
    run.context.advance(2000);
    expect(takeMessages()).toEqual([
      'after an await: a',
      'in the callback: a',
      'in the callback: b',
      'in the method that has answered: a',
      'in a timer: d',
    ]);
    run.ask('unlink', a, 0, null);
    run.takeLines();
    run.ask('statfs', run.knownLoc('c'), null);
    expect(takeMessages().sort()).toEqual([
      'answered at once: HandleExpired',
      'answered in a callback: HandleExpired',
      'answered in a timer: HandleExpired',
      'awaited: HandleExpired',
      'handed on: HandleExpired',
      'raised: HandleExpired',
    ]);
    run.expectSettled();
  });
}
