/**
 * A native call that ignores interrupts, entered by every path into a module: the watchdog ends it,
 * its request fails, and the volume gets a new interpreter. In Python and JavaScript.
 */
import { describe, expect, it, vi } from 'vitest';
import { EIO, EPERM } from '../../../runtime/core/errno.ts';
import { runSharedTurn } from '../../../runtime/core/turn.ts';
import { type RunningModule, startModule } from '../../../test/support/module.ts';
import { selectVariants } from '../../../test/support/test-selection.ts';

const LIMIT = '0.3';
/** Runs for many seconds, nearly all in one call of C. */
const PYTHON = '__import__("decimal").Context(10**6).exp(2)';
const JAVASCRIPT = "('a'.repeat(8e6) + 'b').indexOf('a'.repeat(4e6) + 'c')";

interface Language {
  readonly file: string;
  /** The module's source with the method `part`. */
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

/** Waits for the restart; on a busy machine a start can exceed the limit and is retried. */
const restarted = (run: RunningModule): Promise<void> =>
  vi.waitFor(
    () => {
      if (run.host.counters.restarts === 0) run.context.advance(60_000);
      expect(run.host.counters.restarts).toBeGreaterThan(0);
    },
    { timeout: 50_000 },
  );

/** Expects the log line, and a new interpreter that serves. */
async function replaced(run: RunningModule, what: RegExp): Promise<void> {
  expect(run.takeLines().join('\n')).toMatch(what);
  await restarted(run);
  run.takeLines();
  expect(run.ask('access', run.knownLoc('a'), 0, null)).toMatchObject({ count: 1, opErrno: EPERM });
}

const LOST = /^C .*the interpreter is lost: .*ran too long \(\d+\.\d s\).*time-limit/m;

describe.each(selectVariants(languages, ({ file }) => file.endsWith('.py')))(
  'an uninterruptible call in $file',
  ({ file, module, parts, outside }) => {
    const start = (part: Part, more: Readonly<Record<string, string>> = {}) =>
      startModule({ [file]: module(parts[part]) }, { options: { 'time-limit': LIMIT, ...more } });
    /** Retries when the start itself exceeds the limit, which happens on a busy machine. */
    const begin = async (part: Part, more: Readonly<Record<string, string>> = {}) => {
      for (let tries = 1; ; tries += 1) {
        try {
          return await start(part, more);
        } catch (error) {
          if (tries === 10 || !/time.limit/.test(String(error))) throw error;
        }
      }
    };

    it('by a request, alone or with others in one turn, fails it with EIO and replaces the interpreter', async () => {
      for (const enter of [
        (ask: () => void) => ask(),
        (ask: () => void) => void runSharedTurn(ask),
      ]) {
        const run = await begin('request');
        let reply: unknown;
        enter(() => {
          reply = run.ask('stat', run.knownLoc('a'), null);
        });
        // The turn abandons the method's return value; the reply still arrives.
        if (reply !== undefined) expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: EIO });
        await replaced(run, LOST);
        run.expectSettled();
      }
    });

    it('by one of several requests in one turn passes it to the child with on-error bypass', async () => {
      const run = await begin('request', { 'on-error': 'bypass' });
      const first = run.knownLoc('a');
      expect(runSharedTurn(() => void run.ask('stat', first, null))).toBe(false);
      expect(run.leaf.requests.map(({ name }) => name)).toEqual(['stat']);
      run.leaf.requests[0]!.answer(0, 0, null, null);
      await restarted(run);
      expect(run.ask('access', first, 0, null)).toMatchObject({ count: 1, opErrno: EPERM });
      run.expectSettled();
    });

    it.each(['reply', 'coroutine'] as const)('by a %s fails the request with EIO', async (part) => {
      const run = await begin(part);
      const reply = run.ask('stat', run.knownLoc('a'), null);
      // As asynchronous storage answers: out of a promise.
      await Promise.resolve().then(() => run.leaf.requests[0]!.answer(0, 0, null, null));
      expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: EIO });
      await replaced(run, LOST);
      run.expectSettled();
    });

    it('by a timer fails the waiting request with EIO', async () => {
      const run = await begin('timer');
      const reply = run.ask('stat', run.knownLoc('a'), null);
      run.context.advance(1000);
      expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: EIO });
      await replaced(run, LOST);
      run.expectSettled();
    });

    it('by a hook replaces the interpreter as soon as a new one starts successfully', async () => {
      const run = await begin('hook');
      run.host.notify('CHILD_DOWN', null);
      expect(run.takeLines().join('\n')).toMatch(LOST);
      // The replacement receives the same CHILD_DOWN and ends too, until the child is up.
      await vi.waitFor(
        () => expect(run.takeLines().join('\n')).toMatch(/does not start anew: .*time-limit/),
        { timeout: 50_000 },
      );
      run.host.notify('CHILD_UP', null);
      await restarted(run);
      expect(run.ask('access', run.knownLoc('a'), 0, null)).toMatchObject({
        count: 1,
        opErrno: EPERM,
      });
    });

    it("by statedump reports 'statedump failed' and replaces the interpreter", async () => {
      const run = await begin('tell');
      expect(run.host.dumpModule()).toEqual({ module: 'statedump failed' });
      await replaced(run, LOST);
    });

    it("entered at the debugger's prompt reports 'ran too long' and replaces the interpreter", async () => {
      const run = await begin('fine');
      const { output, hasFailed } = await run.host.interpreter.evaluate(outside);
      expect([output, hasFailed]).toEqual([expect.stringMatching(/ran too long/), true]);
      await replaced(run, LOST);
    });

    it('while the module starts makes the start fail with a message about the time limit', async () => {
      await expect(start('init')).rejects.toThrow(/ran too long .*time-limit/);
      const files = { [file]: `${module('')}\n${outside}\n` };
      const options = { 'time-limit': LIMIT };
      await expect(startModule(files, { options })).rejects.toThrow(/ran too long .*time-limit/);
    });
  },
);
