/** The bridge contract for timers, which the module `timers` sets when it starts. */
import { expect, it } from 'vitest';
import { Fd } from '../../../runtime/core/operands.ts';
import { hostedLanguage, type Language, startModule } from '../../support/module.ts';
import { takeTexts } from './requests.ts';

export function timerContract(folder: string, language: Language = hostedLanguage): void {
  it('timers: a timer fires once or repeats, can be cancelled, may fail, and may wind requests', async () => {
    const run = await startModule(folder, { name: 'timers', language });
    run.takeLines();
    run.leaf.onRequest = (held) => held.answer(0, 0, null, null);
    const step = (ms: number): string[] => {
      run.context.advance(ms);
      return takeTexts(run).map((text) => text.split('\n')[0]!);
    };
    expect(step(999)).toEqual([]);
    expect(step(1)).toEqual(['once a, b']);
    expect(step(1000)).toEqual(['again 1']);
    const failure = step(1000);
    expect(failure).toHaveLength(1);
    expect(failure[0]).toMatch(/fail.*out of order/);
    expect(step(1000)).toEqual(['again 2']);
    expect(step(1000)).toEqual(['asked, 0']);
    // It takes itself back.
    expect(step(1000)).toEqual(['again 3']);
    expect(step(60_000)).toEqual([]);
    expect(run.context.waiting).toBe(0);
  });

  it('timers: a timer may answer a request', async () => {
    const run = await startModule(folder, { name: 'timers', language });
    const reply = run.ask('fsync', new Fd(run.root, 0, 1), 0, null);
    run.context.advance(49);
    expect(reply.count).toBe(0);
    run.context.advance(1);
    expect(reply).toMatchObject({ count: 1, opRet: 7 });
    run.expectSettled();
  });
}
