/** Tests of breakpoint() and the prompt, as a person at a terminal uses them inside of a module. */
import { describe, expect, it } from 'vitest';
import { EIO } from '../../../runtime/core/errno.ts';
import { FakeContext } from '../../support/core.ts';
import { type RunningModule, startModule } from '../../support/module.ts';
import { makeSized, takeTexts } from '../bridge/requests.ts';

const MODULE = `
from glupy import Translator

class xlator(Translator):
    greeting = "hello"

    def stat(self, frame, loc, xdata):
        name = loc.name
        breakpoint()
        self.log.info("after %s", name)
        frame.wind()

    async def access(self, frame, loc, mask, xdata):
        breakpoint()
        reply = await self.child.access(loc, mask, xdata)
        self.log.info("got %d", reply.op_ret)
        return reply

    def init(self):
        self.count = 0
`;

class Typist extends FakeContext {
  /** The text on the terminal, with prompts and typed lines. */
  screen = '';
  typed: (string | undefined)[] = [];
  readonly terminal = {
    readLine: (prompt: string): string | undefined => {
      const line = this.typed.shift();
      this.screen += `${prompt}${line ?? '^D'}\n`;
      return line;
    },
    write: (text: string): void => {
      this.screen += text;
    },
  };
}

async function start(options: Record<string, string> = {}) {
  const context = new Typist();
  const run = await startModule({ 'm.py': MODULE }, { context, options });
  run.takeLines();
  return { context, run };
}

/** The lines of the log, with the module's place in front. */
const formatLog = (run: RunningModule): string[] =>
  run.takeLines().map((line) => line.replace(/^. \[(.*?)\] 0-top: /, '$1 '));

describe('breakpoint()', () => {
  it('only logs a warning when the server has no terminal', async () => {
    const run = await startModule({ 'm.py': MODULE });
    run.takeLines();
    const reply = run.ask('stat', run.knownLoc('a'), null);
    expect(run.takeLines()[0]).toMatch(/^W \[m\.py:9:stat\] .*breakpoint\(\).*no terminal/);
    run.takeRequests()[0]!.answer(0, 0, makeSized(1), null);
    expect(reply).toMatchObject({ count: 1, opRet: 0 });
    run.expectSettled();
  });

  it("shows the module's lines and variables, steps, and continues", async () => {
    const { context, run } = await start();
    context.typed = ['p name', 'n', 'self.count = 5', 'l', 'c'];
    const reply = run.ask('stat', run.knownLoc('a'), null);
    expect(context.typed).toEqual([]);
    expect(context.screen).toContain('m.py(9)stat()');
    expect(context.screen).toContain("(Pdb) p name\n'a'\n");
    expect(context.screen).toContain('-> self.log.info("after %s", name)');
    expect(context.screen).toContain(' 11  \t        frame.wind()');
    expect(formatLog(run)).toEqual([
      'm.py:9:stat paused in the debugger; requests wait',
      expect.stringMatching(/^m\.py:\d+:stat resumed$/),
      'm.py:10:stat after a',
    ]);
    run.takeRequests()[0]!.answer(0, 0, makeSized(1), null);
    expect(reply).toMatchObject({ count: 1, opRet: 0 });
    run.expectSettled();
  });

  it('lets requests continue when the user steps past the end of the method', async () => {
    const { context, run } = await start();
    context.typed = ['n', 'n', 'n', 'n'];
    run.ask('stat', run.knownLoc('a'), null);
    expect(formatLog(run).at(-1)).toMatch(/resumed$/);
    context.typed = ['c'];
    run.ask('stat', run.knownLoc('b'), null);
    expect(context.typed).toEqual([]);
    for (const held of run.takeRequests()) held.answer(0, 0, makeSized(1), null);
    run.expectSettled();
  });

  it.each([['q'], [undefined]])(
    'fails the request, but not the next one, when the user leaves it with %s',
    async (line) => {
      const { context, run } = await start();
      context.typed = [line];
      const reply = run.ask('stat', run.knownLoc('a'), null);
      expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: EIO });
      const lines = formatLog(run);
      expect(lines[0]).toMatch(/paused/);
      expect(lines[1]).toMatch(/resumed/);
      expect(lines[2]).toMatch(/^m\.py:9:stat stat failed: .*debugger/);
      context.typed = ['c'];
      const next = run.ask('stat', run.knownLoc('a'), null);
      run.takeRequests()[0]!.answer(0, 0, makeSized(1), null);
      expect(next).toMatchObject({ count: 1, opRet: 0 });
      run.expectSettled();
    },
  );

  it('can step over an await in an async def', async () => {
    const { context, run } = await start();
    context.typed = ['n', 'n', 'p reply.op_ret', 'c'];
    const reply = run.ask('access', run.knownLoc('a'), 0, null);
    run.takeRequests()[0]?.answer(0, 0, null);
    expect(reply).toMatchObject({ count: 1, opRet: 0 });
    expect(context.typed).toEqual([]);
    expect(context.screen).toContain('(Pdb) p reply.op_ret\n0\n');
    run.expectSettled();
  });

  it('does not count the paused time towards the time limit', async () => {
    const { context, run } = await start({ 'time-limit': '2' });
    const { terminal } = context;
    const type = terminal.readLine;
    terminal.readLine = (prompt) => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3000);
      return type(prompt);
    };
    context.typed = ['c'];
    const reply = run.ask('stat', run.knownLoc('a'), null);
    run.takeRequests()[0]!.answer(0, 0, makeSized(1), null);
    expect(reply).toMatchObject({ count: 1, opRet: 0 });
    run.expectSettled();
  });
});

describe('a Python prompt', () => {
  const prompt = async () => {
    const { run } = await start();
    const { guest } = run.host.interpreter;
    return { run, type: (source: string) => guest.evaluate(source) };
  };
  const complete = (output: string) => ({ isIncomplete: false, output });

  it('shows the value of each line and keeps variables for the next ones', async () => {
    const { type, run } = await prompt();
    expect(await type('1 + 2')).toMatchObject(complete('3\n'));
    expect(await type('_ * 2')).toMatchObject(complete('6\n'));
    expect(await type('x = 7')).toMatchObject(complete(''));
    expect(await type('x, self.count, xlator.greeting')).toMatchObject(
      complete("(7, 0, 'hello')\n"),
    );
    expect(await type('self.count = x')).toMatchObject(complete(''));
    expect(await type('self.count')).toMatchObject(complete('7\n'));
    expect(await type('None')).toMatchObject(complete(''));
    expect(await type('print("a", "b")')).toMatchObject(complete('a b\n'));
    expect(await type('')).toMatchObject(complete(''));
    expect(takeTexts(run)).toEqual([]);
  });

  it('waits for the rest of an incomplete statement', async () => {
    const { type } = await prompt();
    const more = { isIncomplete: true, output: '' };
    expect(await type('def f(n):')).toMatchObject(more);
    expect(await type('def f(n):\n    return n + 1')).toMatchObject(more);
    expect(await type('def f(n):\n    return n + 1\n')).toMatchObject(complete(''));
    expect(await type('f(1)')).toMatchObject(complete('2\n'));
    expect(await type('(1,')).toMatchObject(more);
    expect(await type('a = 1\nb = 2\na + b')).toMatchObject(complete('3\n'));
  });

  it("shows a traceback without glupy's own lines", async () => {
    const { type, run } = await prompt();
    const { output } = await type('1 / 0');
    expect(output).toMatch(
      /^Traceback .*\n {2}File "<prompt>", line 1, in <module>\n(?:.*\n)*ZeroDivision/,
    );
    expect(output).not.toContain('glupy');
    expect((await type('1 +* 2')).output).toContain('SyntaxError');
    expect((await type('import sys; sys.exit(3)')).output).toContain('SystemExit: 3');
    expect(run.host.interpreter.guest.failure).toBeUndefined();
    expect(takeTexts(run)).toEqual([]);
  });

  it('accepts await outside of a function', async () => {
    const { type, run } = await prompt();
    await type('from glupy import Loc, ROOT_GFID');
    const pending = type('(await self.child.access(Loc.of(gfid=ROOT_GFID), 4, None)).op_ret');
    run.host.interpreter.runDecisions();
    const [held] = run.takeRequests();
    expect(held!.args[1]).toBe(4);
    held!.answer(0, 0, null);
    expect(await pending).toMatchObject(complete('0\n'));
    const sleeping = type('import asyncio\nawait asyncio.sleep(5)\nprint("awake")');
    run.context.advance(5000);
    expect(await sleeping).toMatchObject(complete('awake\n'));
  });

  it('reports an error for a line that still runs when the volume stops', async () => {
    const { type, run } = await prompt();
    const pending = type('import asyncio\nawait asyncio.sleep(5)');
    await run.graph.stop();
    expect((await pending).output).toContain('closed');
  });

  it('ends a line that exceeds the time limit', async () => {
    const { run } = await start({ 'time-limit': '1' });
    const { output } = await run.host.interpreter.guest.evaluate('while True: pass\n');
    expect(output).toContain('TimeLimit');
  });
});
