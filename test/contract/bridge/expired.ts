/**
 * The bridge contract: what a request brought dies with it. The module `expired` keeps one thing of
 * every kind; `statfs` uses each and logs what came of it: the name of the exception, or the value.
 */
import { expect, it } from 'vitest';
import { Dict } from '../../../runtime/core/dict.ts';
import { Fd } from '../../../runtime/core/fd.ts';
import { hosted, type Language, startModule } from '../../support/module.ts';
import { sized, texts } from './requests.ts';

/**
 * @param folder where the language's modules are.
 * @param language how they are loaded.
 */
export function expiredContract(folder: string, language: Language = hosted): void {
  it('expired: what was kept of a request is refused after it', async () => {
    const run = await startModule(folder, { name: 'expired', language });
    const { inodes } = run.graph;
    const a = run.known('a');
    run.ask('stat', a, null);
    run.asked()[0]!.answer(0, 0, sized(1), Dict.of({ key: 1 }));
    const fd = new Fd(run.root, 0, 1, true);
    run.ask('readv', fd, 1, 0, 0, null);
    run.asked()[0]!.answer(1, 0, Uint8Array.of(1), null, null);
    run.ask('readdirp', fd, 1, 0, null);
    run.asked()[0]!.answer(0, 0, [], null);
    fd.release();
    inodes.lookup(a.inode!);
    inodes.forget(a.inode!, 0);
    inodes.unlink(run.root, 'a');
    inodes.lruLimit = 1;
    run.known('other');
    run.lines();
    run.ask('statfs', run.known('b'), null);
    expect(texts(run)).toEqual([
      // A loc is a value; what it leads to is not.
      'loc: a',
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
    run.settled();
  });
}
