/** Smoke test of `option isolation thread`; test:more runs all contracts of the bridge on it. */
import { expect, it } from 'vitest';
import { EACCES, ENOENT } from '../../runtime/core/errno.ts';
import { isolatedLanguage, startModule } from '../../test/support/module.ts';

const source = `import { Translator } from 'glossa';
export class xlator extends Translator {
  lookup(frame, loc, xdata) {
    if (loc.name === 'decided') return frame.fail(2);
    frame.wind(loc, xdata);
  }
  lookupCbk(frame, ...reply) { frame.unwind(...reply); }
}
`;

it('an isolated module can fail one lookup itself and wind another to its child', async () => {
  const run = await startModule({ 'm.js': source }, { language: isolatedLanguage });
  expect(run.ask('lookup', run.absentLoc('decided'), null)).toMatchObject({ opErrno: ENOENT });
  const loc = run.absentLoc('passed');
  const reply = run.ask('lookup', loc, null);
  const [held] = run.takeRequests();
  expect(held!.args[0]).toBe(loc);
  held!.answer(-1, EACCES, null, null, null, null);
  expect(reply).toMatchObject({ count: 1, opErrno: EACCES });
  // Fops that the module does not define bypass the thread.
  expect(Object.keys(run.xl.fops)).toEqual(['lookup']);
  run.expectSettled();
});
