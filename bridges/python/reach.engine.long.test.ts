/** The object walk of reach.engine.more.test.ts, at every moment at which a module's code runs. */
import { afterAll, expect, inject, it } from 'vitest';
import { Dict } from '../../runtime/core/dict.ts';
import { EPERM } from '../../runtime/core/errno.ts';
import { startModule } from '../../test/support/module.ts';
import { WALK } from '../../test/support/object-walk.ts';
import { loadModule, testEngines } from '../../test/support/python-engines.ts';

const engines = testEngines(inject('runFolder'));
afterAll(() => engines.close());

const MODULE = `from glupy import *
import asyncio
from walk import walk

def tell(self, moment, *more):
    found, seen = walk(*more)
    self.log.info("WALK %s: %s", moment, found if seen > 30000 else seen)

AT_IMPORT = walk()

class xlator(Translator):
    def init(self):
        self.log.info("WALK import: %s", AT_IMPORT[0])
        tell(self, "init")

    def stat(self, frame, loc, xdata):
        try: raise ValueError("with a traceback")
        except ValueError: tell(self, "fop", frame, loc, xdata)
        frame.wind()

    def stat_cbk(self, frame, op_ret, op_errno, buf, xdata):
        tell(self, "callback", frame, buf)
        frame.fail(EPERM)

    async def access(self, frame, loc, mask, xdata):
        def generator():
            yield walk
        going = generator()
        next(going)
        tell(self, "async fop", frame, going)
        try: await self.child.access(loc, mask, xdata)
        except OSError as error: tell(self, "after await", error)
        await asyncio.sleep(1)
        tell(self, "timer")
        raise OSError(EPERM, "done")

    def statedump(self):
        tell(self, "hook")
        return {}
`;

const AT_START = ['import: []', 'init: []'];
const ASKED = ['fop', 'callback', 'async fop', 'after await', 'timer', 'hook'];

it('a Python module never reaches JavaScript by a walk from object to object, whenever it runs', async () => {
  const options = { 'time-limit': '0', 'frame-timeout': '0' };
  const run = await startModule({ 'm.py': MODULE, 'walk.py': WALK }, { options });
  const runWalks = (): string[] =>
    run
      .takeLines()
      .filter((line) => line.includes('WALK'))
      .map((line) => line.replace(/^.*WALK /, ''));
  run.leaf.onRequest = (held) => held.answer(-1, EPERM);
  const ask = (): void => {
    run.ask('stat', run.knownLoc('a'), Dict.of({ x: 'y' }));
    run.ask('access', run.knownLoc('a'), 1, null);
    run.context.advance(2000);
    run.host.dumpModule();
  };
  expect(runWalks()).toEqual(AT_START);
  ask();
  expect(runWalks()).toEqual(ASKED.map((moment) => `${moment}: []`));
  run.expectSettled();
  // Another interpreter starts and runs as the first did.
  await run.host.reload();
  expect(runWalks()).toEqual(AT_START);
}, 1_800_000);

it('a walk from object to object does reach JavaScript in a Python engine without the sandbox', async () => {
  const joined = await engines.make({ confine: false });
  const source = `${WALK}\nimport json\ndef count(): return len(walk()[0])\n`;
  const count = joined.makeCall(joined.findAttribute(loadModule(joined, source), 'count'), '');
  expect(count()).toBeGreaterThan(100);
}, 600_000);
