/**
 * The bridge contract for harmful modules. Of two volumes of the module `harmful`, one loops,
 * recurses or allocates without end: each of its requests fails with a log line, and it goes on.
 * The other keeps its state and memory, and logs nothing.
 *
 * The mask of `access` chooses the harm; `statfs` fails with the count of its calls.
 */
import { expect, it } from 'vitest';
import { EIO } from '../../../runtime/core/errno.ts';
import {
  hostedLanguage,
  type Language,
  type RunningModule,
  startModule,
} from '../../support/module.ts';

/** Only the loop needs a time limit; the others end by themselves on any machine. */
const HARMS = [
  { harm: 'a busy loop', limit: '2' },
  { harm: 'recursion', limit: '0' },
  { harm: 'a memory bomb', limit: '0' },
];

export function harmfulModuleContract(folder: string, language: Language = hostedLanguage): void {
  const start = async (limit: string): Promise<RunningModule> => {
    const options = { 'time-limit': limit, 'memory-limit': '96MB' };
    const run = await startModule(folder, { name: 'harmful', options, language });
    run.takeLines();
    return run;
  };
  const ask = (run: RunningModule): number => run.ask('statfs', run.knownLoc('a'), null).opErrno;

  it.each(HARMS.map((row, at) => ({ ...row, at })))(
    'harmful: $harm fails its own requests and leaves the other volume undisturbed',
    async ({ limit, at }) => {
      const [one, other] = [await start(limit), await start(limit)];
      expect([ask(one), ask(other)]).toEqual([1, 1]);
      const { memoryBytes } = other.host.interpreter.guest;
      for (let times = 0; times < 2; times += 1) {
        const reply = one.ask('access', one.knownLoc('a'), at, null);
        expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: EIO });
        expect(one.takeLines()[0]).toMatch(/^E \[harmful\.\w+:\d+:/);
      }
      expect([ask(one), ask(other)]).toEqual([2, 2]);
      expect(one.host.counters).toMatchObject({ failures: 2, restarts: 0 });
      expect(other.host.counters).toMatchObject({ failures: 0, restarts: 0 });
      expect(other.takeLines()).toEqual([]);
      expect(other.host.interpreter.guest.memoryBytes).toBe(memoryBytes);
      one.expectSettled();
      other.expectSettled();
    },
  );
}
