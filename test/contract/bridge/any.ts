/**
 * The bridge contract for generic methods, which serve every fop or reply without a method of its
 * own. `any` and `any_awaited` log each fop, `any_cbk` has only the generic callback, and `any_own`
 * mixes generic methods with those of single fops.
 */
import { describe, expect, it } from 'vitest';
import { ENOENT } from '../../../runtime/core/errno.ts';
import { type FopRow, fops } from '../../../runtime/core/fops.ts';
import type { FopName } from '../../../runtime/core/gen/fops.gen.ts';
import {
  hostedLanguage,
  type Language,
  makeQuietStart,
  type RunningModule,
} from '../../support/module.ts';
import { takeTexts } from './requests.ts';
import { Samples } from './values.ts';

/** The values of a failed reply. */
const emptyReply = ({ reply }: FopRow): unknown[] =>
  reply.map(({ type }) => (type === 'int' ? 0 : null));

export function anyContract(folder: string, language: Language = hostedLanguage): void {
  const start = makeQuietStart(folder, language);

  /** Sends a fop through, with all it can carry; the child fails it or not. What was logged. */
  function send(run: RunningModule, row: FopRow, opRet = 0): string[] {
    const samples = new Samples(run.graph.inodes);
    const sent = samples.values(row.args, true);
    const answered = opRet < 0 ? emptyReply(row) : samples.values(row.reply, true);
    const reply = run.ask(row.name as FopName, ...(sent as never));
    const [held] = run.takeRequests();
    held!.args.forEach((value, at) => {
      expect(value, `${row.name} ${row.args[at]!.name}`).toBe(sent[at]);
    });
    held!.answer(opRet, opRet < 0 ? ENOENT : 0, ...answered);
    expect(reply).toMatchObject({ count: 1, opRet, opErrno: opRet < 0 ? ENOENT : 0 });
    // Values of a failed reply have no meaning.
    for (const [at, value] of opRet < 0 ? [] : reply.values.entries()) {
      expect(value, `${row.name} ${row.reply[at]!.name}`).toBe(answered[at]);
    }
    return takeTexts(run);
  }

  describe.each([
    ['any', true, true],
    ['any_awaited', true, true],
    ['any_cbk', false, true],
  ])('%s', (name, down, up) => {
    it.each([0, -1])(
      'passes every fop and its reply (op_ret %d) to the generic methods',
      async (opRet) => {
        const run = await start(name);
        for (const row of fops) {
          const expected = [...(down ? [`down ${row.name}`] : []), ...(up ? [`up ${opRet}`] : [])];
          expect([row.name, ...send(run, row, opRet)]).toEqual([row.name, ...expected]);
        }
        run.expectSettled();
      },
    );
  });

  it("any_own: a fop's own method takes precedence over the generic one", async () => {
    const run = await start('any_own');
    const sendAndRead = (name: FopName): string[] =>
      send(run, fops.find((row) => row.name === name)!);
    expect(sendAndRead('stat')).toEqual(['own stat', 'own stat_cbk']);
    expect(sendAndRead('readlink')).toEqual(['own readlink', 'any readlink_cbk']);
    expect(sendAndRead('statfs')).toEqual(['any statfs', 'own statfs_cbk']);
    expect(sendAndRead('lookup')).toEqual(['any lookup', 'any lookup_cbk']);
    run.expectSettled();
  });
}
