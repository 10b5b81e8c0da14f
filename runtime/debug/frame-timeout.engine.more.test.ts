/** Tests that frame-timeout does not count the time for which a debugger stops a request. */
import { expect, it } from 'vitest';
import { startModule } from '../../test/support/module.ts';
import { EIO, ENOENT } from '../core/errno.ts';
import { Debugger, type Stop } from './debugger.ts';

const MODULE = `import { Translator } from 'glossa';
export class xlator extends Translator {
  stat(frame) {
    frame.wind();
  }
  statCbk(frame, opRet, opErrno, ...reply) {
    frame.unwind(opRet, opErrno, ...reply);
  }
  async access(frame, loc, mask) {
    await this.child.access(loc, mask).catch(() => null);
    await this.child.access(loc, mask);
  }
  readlink() {
    return new Promise(() => {});
  }
}`;

it.each([
  ['stat', 'stat@top'],
  ['stat', 'stat@leaf0'],
  ['stat', 'stat_cbk@top'],
  ['stat', '@top errno ENOENT'],
  ['access', 'access@top'],
  ['access', '@leaf0'],
  ['access', 'access_cbk@top'],
] as const)(
  'frame-timeout does not end a %s request that a debugger has stopped at %s',
  async (fop, where) => {
    const run = await startModule({ 'm.js': MODULE }, { options: { 'frame-timeout': '1' } });
    run.leaf.onRequest = ({ name, answer }) =>
      name === 'stat' ? answer(-1, ENOENT, null, null) : answer(-1, ENOENT, null);
    const stops: Stop[] = [];
    const debug = new Debugger(run.graph, {
      onStop: (stop) => stops.push(stop),
      onRequestEnd() {},
    });
    debug.addBreakpoint(where);
    const loc = run.knownLoc('file');
    const reply = fop === 'stat' ? run.ask('stat', loc, null) : run.ask('access', loc, 0, null);
    for (let stop = stops.shift(); stop !== undefined; stop = stops.shift()) {
      for (let seconds = 0; seconds < 100; seconds++) run.context.advance(1000);
      expect(reply.count).toBe(0);
      debug.resume(stop.id, 'continue');
      // A module's await continues in a later turn of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(debug.stops.size).toBe(0);
    expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: ENOENT });
    expect(run.host.counters.timeouts).toBe(0);
    debug.detach();
    run.expectSettled();
  },
);

it('a request that a module does not answer fails with EIO after frame-timeout, even with a debugger attached', async () => {
  const run = await startModule({ 'm.js': MODULE }, { options: { 'frame-timeout': '1' } });
  const debug = new Debugger(run.graph, { onStop() {}, onRequestEnd() {} });
  debug.addBreakpoint('access');
  const reply = run.ask('readlink', run.knownLoc('file'), 100, null);
  for (let seconds = 0; seconds < 100 && reply.count === 0; seconds++) run.context.advance(1000);
  expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: EIO });
  debug.detach();
});
