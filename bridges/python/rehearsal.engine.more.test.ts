/** Rehearsals of a Python volume: what a module, its children and the log could notice of them. */
import { expect, it } from 'vitest';
import { type RunningModule, startModule } from '../../test/support/module.ts';

/** Calls of a rehearsal until glupy's own cache has dropped names. */
const STEPS = 5;

function rehearse(run: RunningModule, steps = STEPS): boolean[] {
  const { xl } = run;
  return Array.from({ length: steps }, () => xl.translator.rehearse!(xl));
}

const COUNTER = `import gc
from glupy import *
from glupy import frame as frames, inode

class xlator(Translator):
    def init(self):
        self.calls = []

    def any_fop(self, frame, *args):
        self.calls.append(frame.name)
        frame.wind()

    def entry_created(self, loc):
        self.calls.append("created")

    def statedump(self):
        return {"calls": len(self.calls), "waiting": len(frames.waiting), "kept": len(frames.kept),
                "contexts": len(inode.contexts)}
`;

it('a rehearsal calls no method of the module, sends nothing to a child and logs nothing', async () => {
  const run = await startModule({ 'm.py': COUNTER });
  run.takeLines();
  run.takeRequests();
  expect(rehearse(run)).toEqual(new Array(STEPS).fill(true));
  expect(run.takeRequests()).toEqual([]);
  expect(run.takeLines()).toEqual([]);
  const { guest } = run.host.interpreter;
  const dump: unknown = JSON.parse(guest.callStateHook('statedump')!);
  expect(dump).toEqual({ calls: 0, waiting: 0, kept: 0, contexts: 0 });
  run.expectSettled();
});

it('a request between two steps of a rehearsal gets its own reply', async () => {
  const run = await startModule({ 'm.py': COUNTER });
  run.takeRequests();
  rehearse(run);
  const reply = run.ask('lookup', run.absentLoc('rehearsed-1'), null);
  rehearse(run);
  const [held] = run.takeRequests();
  rehearse(run);
  held!.answer(-1, 5, null, null, null, null);
  expect([reply.count, reply.opRet, reply.opErrno]).toEqual([1, -1, 5]);
  run.expectSettled();
});

const SPY = (install: string): string => `import sys
from glupy import *
from glupy import frame, inode

seen = []

class xlator(Translator):
    def init(self):
        ${install}

    def statedump(self):
        return {"seen": len(seen)}
`;

it.each([
  ['profiles all calls', 'sys.setprofile(lambda *event: seen.append(event) and None)'],
  ['traces all calls', 'sys.settrace(lambda *event: seen.append(event) and None)'],
  ['monitors all calls', 'sys.monitoring.use_tool_id(1, "spy")'],
  ['replaces Frame.fail', 'frame.Frame.fail = lambda *args: seen.append(args)'],
  ['replaces a property of Loc', 'inode.Loc.name = property(lambda loc: seen.append(loc))'],
  ['replaces Loc.__init__', 'inode.Loc.__init__ = lambda *args: seen.append(args)'],
])('a module that %s is not rehearsed', async (_what, install) => {
  const run = await startModule({ 'm.py': SPY(install) });
  expect(rehearse(run, 1)).toEqual([false]);
});

it('a module that replaces the clock and the methods of the row of lookup sees no rehearsal', async () => {
  const install =
    'import time; time.monotonic = lambda: seen.append(1) or 0.0; ' +
    'BY = __import__("glupy")._fops.BY_NAME["lookup"]; BY.method = BY.cbk = lambda *a: seen.append(a)';
  const run = await startModule({ 'm.py': SPY(install) });
  expect(rehearse(run)).toEqual(new Array(STEPS).fill(true));
  const dump = run.host.interpreter.guest.callStateHook('statedump')!;
  expect(JSON.parse(dump)).toEqual({ seen: 0 });
});

it('a volume without subvolumes is rehearsed, although its module cannot wind', async () => {
  const run = await startModule({ 'm.py': COUNTER }, { leaves: 0 });
  run.takeLines();
  expect(rehearse(run)).toEqual(new Array(STEPS).fill(true));
  expect(run.takeLines()).toEqual([]);
});

it('a volume whose time limit a rehearsal could exceed is not rehearsed', async () => {
  const run = await startModule({ 'm.py': COUNTER }, { options: { 'time-limit': '0.2' } });
  expect(rehearse(run, 1)).toEqual([false]);
});

it('a volume that has stopped is not rehearsed', async () => {
  const run = await startModule({ 'm.py': COUNTER });
  run.host.interpreter.guest.close();
  expect(rehearse(run, 1)).toEqual([false]);
});
