/** `option isolation thread`, in short: the bridge's contracts run on it as a whole in test:more. */
import { expect, it } from 'vitest';
import { EACCES, ENOENT } from '../../runtime/core/errno.ts';
import { isolated, startModule } from '../../test/support/module.ts';

const source = `import { Translator } from 'glossa';
export class xlator extends Translator {
  lookup(frame, loc, xdata) {
    if (loc.name === 'decided') return frame.fail(2);
    frame.wind(loc, xdata);
  }
  lookupCbk(frame, ...reply) { frame.unwind(...reply); }
}
`;

it('decides, and passes on', async () => {
  const run = await startModule({ 'm.js': source }, { language: isolated });
  expect(run.ask('lookup', run.absent('decided'), null)).toMatchObject({ opErrno: ENOENT });
  const loc = run.absent('passed');
  const reply = run.ask('lookup', loc, null);
  const [held] = run.asked();
  expect(held!.args[0]).toBe(loc);
  held!.answer(-1, EACCES, null, null, null, null);
  expect(reply).toMatchObject({ count: 1, opErrno: EACCES });
  // What the module does not define does not go there.
  expect(Object.keys(run.xl.fops)).toEqual(['lookup']);
  run.settled();
});
