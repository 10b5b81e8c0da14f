/**
 * The bridge contract: harm that a script does is its own. Of two volumes of the module `harmful`,
 * one runs, recurses or grows without end: its requests fail, each with a line in its log, and it
 * goes on; the other has its state, its memory and its silence.
 *
 * `access` takes its mask as the number of a harm, `statfs` fails with how often it was asked.
 */
import { expect, it } from 'vitest';
import { EIO } from '../../../runtime/core/errno.ts';
import { hosted, type Language, type RunningModule, startModule } from '../../support/module.ts';

const HARMS = ['a busy loop', 'recursion', 'a memory bomb'];

/**
 * @param folder where the language's modules are.
 * @param language how they are loaded.
 */
export function neighbourContract(folder: string, language: Language = hosted): void {
  const options = { 'time-limit': '1', 'memory-limit': '96MB' };
  const start = async (): Promise<RunningModule> => {
    const run = await startModule(folder, { name: 'harmful', options, language });
    run.lines();
    return run;
  };
  const ask = (run: RunningModule): number => run.ask('statfs', run.known('a'), null).opErrno;

  it.each(HARMS.map((harm, at) => [harm, at] as const))('harmful: %s', async (_harm, at) => {
    const [one, other] = [await start(), await start()];
    expect([ask(one), ask(other)]).toEqual([1, 1]);
    const { memory } = other.host.incarnation.guest;
    for (let times = 0; times < 2; times += 1) {
      const reply = one.ask('access', one.known('a'), at, null);
      expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: EIO });
      expect(one.lines()[0]).toMatch(/^E \[harmful\.\w+:\d+:/);
    }
    expect([ask(one), ask(other)]).toEqual([2, 2]);
    expect(one.host.counters).toMatchObject({ failures: 2, restarts: 0 });
    expect(other.host.counters).toMatchObject({ failures: 0, restarts: 0 });
    expect(other.lines()).toEqual([]);
    expect(other.host.incarnation.guest.memory).toBe(memory);
    one.settled();
    other.settled();
  });
}
