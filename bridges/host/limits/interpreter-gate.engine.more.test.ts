/**
 * Whichever way a guest is entered, a call that nothing interrupts is ended, in both languages: what
 * was to come of it fails, and the volume has another interpreter then.
 */
import { describe, expect, it, vi } from 'vitest';
import { EIO, EPERM } from '../../../runtime/core/errno.ts';
import { runSharedTurn } from '../../../runtime/core/turn.ts';
import { type RunningModule, startModule } from '../../../test/support/module.ts';

const LIMIT = '0.3';
/** Of many seconds, nearly all in one call of C. */
const PYTHON = '__import__("decimal").Context(10**6).exp(2)';
const JAVASCRIPT = "('a'.repeat(8e6) + 'b').indexOf('a'.repeat(4e6) + 'c')";

interface Language {
  readonly file: string;
  /** The module, with this among its methods. */
  module(part: string): string;
  readonly parts: Readonly<Record<Part, string>>;
  readonly outside: string;
}
type Part = 'request' | 'reply' | 'timer' | 'coroutine' | 'hook' | 'tell' | 'init' | 'fine';

const languages: readonly Language[] = [
  {
    file: 'm.py',
    module: (part) => `import asyncio, decimal
from glupy import EPERM, Translator
class xlator(Translator):
    def access(self, frame, loc, mask, xdata):
        frame.fail(EPERM)
${part}
`,
    parts: {
      request: `    def stat(self, frame, loc, xdata):\n        ${PYTHON}`,
      reply: `    def stat_cbk(self, frame, *rest):\n        ${PYTHON}`,
      timer: `    async def stat(self, frame, loc, xdata):
        await asyncio.sleep(1)
        ${PYTHON}`,
      coroutine: `    async def stat(self, frame, loc, xdata):
        await self.child.stat(loc, xdata)
        ${PYTHON}`,
      hook: `    def notify(self, event):\n        if event == "CHILD_DOWN": ${PYTHON}`,
      tell: `    def statedump(self):\n        return {"sum": ${PYTHON}}`,
      init: `    def init(self):\n        ${PYTHON}`,
      fine: '',
    },
    outside: PYTHON,
  },
  {
    file: 'm.js',
    module: (part) => `import { EPERM, Translator } from 'glossa';
export class xlator extends Translator {
  access(frame) { frame.fail(EPERM); }
${part}
}
`,
    parts: {
      request: `stat() { ${JAVASCRIPT}; }`,
      reply: `statCbk() { ${JAVASCRIPT}; }`,
      timer: `async stat() { await new Promise((done) => setTimeout(done, 1000)); ${JAVASCRIPT}; }`,
      coroutine: `async stat(frame, loc, xdata) { await this.child.stat(loc, xdata); ${JAVASCRIPT}; }`,
      hook: `notify(event) { if (event === 'CHILD_DOWN') ${JAVASCRIPT}; }`,
      tell: `statedump() { return { at: ${JAVASCRIPT} }; }`,
      init: `init() { ${JAVASCRIPT}; }`,
      fine: '',
    },
    outside: JAVASCRIPT,
  },
];

/** A start that takes longer than the limit, as beside much else it may, is tried again later. */
const restarted = (run: RunningModule): Promise<void> =>
  vi.waitFor(
    () => {
      if (run.host.counters.restarts === 0) run.context.advance(60_000);
      expect(run.host.counters.restarts).toBeGreaterThan(0);
    },
    { timeout: 50_000 },
  );

/** The log names the volume, and another interpreter serves. */
async function replaced(run: RunningModule, what: RegExp): Promise<void> {
  expect(run.lines().join('\n')).toMatch(what);
  await restarted(run);
  run.lines();
  expect(run.ask('access', run.known('a'), 0, null)).toMatchObject({ count: 1, opErrno: EPERM });
}

const LOST = /^C .*the interpreter is lost: .*ran too long \(\d+\.\d s\).*time-limit/m;

describe.each(languages)('$file', ({ file, module, parts, outside }) => {
  const start = (part: Part, more: Readonly<Record<string, string>> = {}) =>
    startModule({ [file]: module(parts[part]) }, { options: { 'time-limit': LIMIT, ...more } });
  /** The same, where it is not the start that takes too long: beside much else, it may. */
  const begin = async (part: Part, more: Readonly<Record<string, string>> = {}) => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await start(part, more);
      } catch (error) {
        if (tries === 10 || !/time.limit/.test(String(error))) throw error;
      }
    }
  };

  it('by a request, alone and in a turn that others share', async () => {
    for (const enter of [
      (ask: () => void) => ask(),
      (ask: () => void) => void runSharedTurn(ask),
    ]) {
      const run = await begin('request');
      let reply: unknown;
      enter(() => {
        reply = run.ask('stat', run.known('a'), null);
      });
      // What it would have returned is abandoned with the turn; the answer is not.
      if (reply !== undefined) expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: EIO });
      await replaced(run, LOST);
      run.settled();
    }
  });

  it('in a turn that others share, and is gone round where that is the policy', async () => {
    const run = await begin('request', { 'on-error': 'bypass' });
    const first = run.known('a');
    expect(runSharedTurn(() => void run.ask('stat', first, null))).toBe(false);
    expect(run.leaf.held.map(({ name }) => name)).toEqual(['stat']);
    run.leaf.held[0]!.answer(0, 0, null, null);
    await restarted(run);
    expect(run.ask('access', first, 0, null)).toMatchObject({ count: 1, opErrno: EPERM });
    run.settled();
  });

  it.each(['reply', 'coroutine'] as const)('by a %s', async (part) => {
    const run = await begin(part);
    const reply = run.ask('stat', run.known('a'), null);
    // As asynchronous storage answers: out of a promise.
    await Promise.resolve().then(() => run.leaf.held[0]!.answer(0, 0, null, null));
    expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: EIO });
    await replaced(run, LOST);
    run.settled();
  });

  it('by a timer', async () => {
    const run = await begin('timer');
    const reply = run.ask('stat', run.known('a'), null);
    run.context.advance(1000);
    expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: EIO });
    await replaced(run, LOST);
    run.settled();
  });

  it('by a hook', async () => {
    const run = await begin('hook');
    run.host.notify('CHILD_DOWN', null);
    expect(run.lines().join('\n')).toMatch(LOST);
    // Its successor is told the same, which ends it, too: it does not start, until that is over.
    await vi.waitFor(
      () => expect(run.lines().join('\n')).toMatch(/does not start anew: .*time-limit/),
      { timeout: 50_000 },
    );
    run.host.notify('CHILD_UP', null);
    await restarted(run);
    expect(run.ask('access', run.known('a'), 0, null)).toMatchObject({ count: 1, opErrno: EPERM });
  });

  it('by a statedump', async () => {
    const run = await begin('tell');
    expect(run.host.statedump()).toEqual({ module: 'statedump failed' });
    await replaced(run, LOST);
  });

  it('by a prompt', async () => {
    const run = await begin('fine');
    const { output, failed } = await run.host.interpreter.evaluate(outside);
    expect([output, failed]).toEqual([expect.stringMatching(/ran too long/), true]);
    await replaced(run, LOST);
  });

  it('at the start: it fails', async () => {
    await expect(start('init')).rejects.toThrow(/ran too long .*time-limit/);
    const files = { [file]: `${module('')}\n${outside}\n` };
    const options = { 'time-limit': LIMIT };
    await expect(startModule(files, { options })).rejects.toThrow(/ran too long .*time-limit/);
  });
});
