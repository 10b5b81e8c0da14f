/**
 * The bridge contract for the state of children. A module is notified when a child goes up or down,
 * and may set its own volume's state: `ups` is up while any of its children is.
 */
import { expect, it } from 'vitest';
import { sayUp } from '../../../runtime/core/xlator.ts';
import { hostedLanguage, type Language, startModule } from '../../support/module.ts';
import { takeTexts } from './requests.ts';

export function childStateContract(folder: string, language: Language = hostedLanguage): void {
  it("ups: notify names the child that went up or down, and the module sets its volume's state", async () => {
    const run = await startModule(folder, { name: 'ups', language, leaves: 2 });
    const [, ...states] = takeTexts(run);
    expect(states).toEqual(['PARENT_UP None', 'CHILD_UP leaf0', 'CHILD_UP leaf1']);
    expect(run.graph.isUp).toBe(true);
    const events: string[] = [];
    run.graph.listen((event) => void events.push(event));
    const setUp = (at: number, isUp: boolean): void => sayUp(run.graph.xlators[at]!, isUp);
    setUp(0, false);
    expect([takeTexts(run), run.graph.isUp]).toEqual([['CHILD_DOWN leaf0'], true]);
    setUp(1, false);
    expect([takeTexts(run), run.graph.isUp]).toEqual([['CHILD_DOWN leaf1'], false]);
    // The reloaded code gets the children's state, and decides anew.
    expect(await run.reload()).toMatchObject({ ok: true });
    expect(takeTexts(run).filter((text) => /^(PARENT|CHILD)_/.test(text))).toEqual([
      'PARENT_UP None',
      'CHILD_DOWN leaf0',
      'CHILD_DOWN leaf1',
    ]);
    setUp(1, true);
    expect([takeTexts(run), run.graph.isUp]).toEqual([['CHILD_UP leaf1'], true]);
    expect(events).toEqual([
      'SOME_DESCENDENT_DOWN',
      'CHILD_DOWN',
      'SOME_DESCENDENT_DOWN',
      'CHILD_UP',
      'SOME_DESCENDENT_UP',
    ]);
  });

  it("who_is_up: a module without hooks reads each child's state, also after a reload", async () => {
    const run = await startModule(folder, { name: 'who_is_up', language, leaves: 2 });
    const ask = (): string[] => {
      run.takeLines();
      run.ask('access', run.knownLoc('a'), 0, null);
      return takeTexts(run);
    };
    expect(ask()).toEqual(['++']);
    sayUp(run.graph.xlators[1]!, false);
    expect(ask()).toEqual(['+-']);
    // The reloaded code has the same state.
    expect(await run.reload()).toMatchObject({ ok: true });
    expect(ask()).toEqual(['+-']);
    sayUp(run.graph.xlators[1]!, true);
    sayUp(run.graph.xlators[0]!, false);
    expect(ask()).toEqual(['-+']);
    run.expectSettled();
  });
}
