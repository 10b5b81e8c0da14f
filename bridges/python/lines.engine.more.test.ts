/** Breakpoints at lines of a Python module in a thread of its own. */
import { expect, it, vi } from 'vitest';
import { EIO, ENOENT } from '../../runtime/core/errno.ts';
import {
  type LineCommand,
  LineError,
  type LineStops,
  type StepKind,
} from '../../runtime/core/line-stops.ts';
import { makeFolder } from '../../test/support/folder.ts';
import {
  hostedLanguage,
  isolatedLanguage,
  type RunningModule,
  startModule,
} from '../../test/support/module.ts';

const SOURCE = `from glupy import Translator


class xlator(Translator):
    def init(self):
        self.names = {}

    def lookup(self, frame, loc, xdata):
        # what is decided here
        name = loc.name
        count = self.count(name)
        if name == "decided":
            return frame.unwind(-1, 2)
        frame.wind(loc, xdata)

    def access(self, frame, loc, mask, xdata):
        self.held = frame

    def count(self, name):
        self.names[name] = self.names.get(name, 0) + 1
        return self.names[name]

    def lookup_cbk(self, frame, op_ret, op_errno, inode, buf, xdata, postparent):
        frame.unwind(op_ret, op_errno, inode, buf, xdata, postparent)
`;
const LINE = { comment: 9, name: 10, count: 11, test: 12, counts: 20, returns: 21, cbk: 24 };

const waitUntil = <T>(check: () => T): Promise<T> => vi.waitFor(check, { timeout: 60_000 });

interface DebuggedModule {
  readonly run: RunningModule;
  readonly lines: LineStops;
  readonly path: string;
  /** The line of the current stop. */
  stopAt(): Promise<number>;
  go(command: StepKind): Promise<void>;
  ask(command: LineCommand): ReturnType<LineStops['sendCommand']>;
}

async function debug(options: Record<string, string> = {}): Promise<DebuggedModule> {
  const folder = makeFolder({ 'm.py': SOURCE });
  const run = await startModule(folder, { language: isolatedLanguage, options });
  const lines = run.xl.translator.script!(run.xl).lines!;
  return {
    run,
    lines,
    path: `${folder}/m.py`,
    stopAt: () =>
      waitUntil(() => {
        expect(lines.stop).not.toBeNull();
        return lines.stop!.frames[0]!.line;
      }),
    go: async (command) => void (await lines.sendCommand({ do: 'go', way: command })),
    ask: (command) => lines.sendCommand(command),
  };
}

const readDecision = ({ run }: DebuggedModule) => run.ask('lookup', run.absentLoc('decided'), null);
const readNames = (variables: readonly { name: string }[] | undefined) =>
  variables!.map(({ name }) => name);

it('a breakpoint in a Python module holds the request until the debugger has read and changed variables', async () => {
  const at = await debug();
  const { lines, path } = at;
  const watched = await at.ask({
    do: 'watch',
    lines: { [path]: [LINE.comment, 99], '/x.py': [1] },
  });
  expect(watched.lines).toEqual({ [path]: [LINE.name, null], '/x.py': [null] });
  const reply = readDecision(at);
  expect(await at.stopAt()).toBe(LINE.name);
  expect(lines.stop).toMatchObject({
    reason: 'breakpoint',
    request: { frame: { root: { op: 'LOOKUP' } } },
    frames: [{ name: 'xlator.lookup', file: path, line: LINE.name }],
  });
  expect(reply.count).toBe(0);
  await at.go('over');
  expect(await at.stopAt()).toBe(LINE.count);
  expect(lines.stop!.reason).toBe('step');
  const { variables } = await at.ask({ do: 'locals', frame: 0 });
  expect(readNames(variables)).toEqual(['self', 'frame', 'loc', 'xdata', 'name']);
  expect(variables!.at(-1)).toEqual({ name: 'name', value: "'decided'", type: 'str', parts: 0 });
  const self = await at.ask({ do: 'parts', of: variables![0]!.parts });
  expect(readNames(self.variables)).toContain('names');
  expect((await at.ask({ do: 'evaluate', frame: 0, text: 'loc.name * 2' })).variables).toEqual([
    { name: '', value: "'decideddecided'", type: 'str', parts: 0 },
  ]);
  await at.ask({ do: 'set', frame: 0, name: 'name', text: '"another"' });
  await at.go('continue');
  // The debugger has changed the name from 'decided'.
  const [held] = await waitUntil(() => {
    const reply = at.run.takeRequests();
    expect(reply).toHaveLength(1);
    return reply;
  });
  held!.answer(-1, EIO, null, null, null, null);
  await waitUntil(() => expect(reply).toMatchObject({ count: 1, opErrno: EIO }));
  expect(lines.stop).toBeNull();
  at.run.expectSettled();
});

it.each<[StepKind, readonly (readonly [line: number, frames: number])[]]>([
  [
    'over',
    [
      [LINE.count, 1],
      [LINE.test, 1],
      [LINE.test + 1, 1],
    ],
  ],
  [
    'into',
    [
      [LINE.count, 1],
      [LINE.counts, 2],
      [LINE.returns, 2],
      [LINE.test, 1],
    ],
  ],
])(
  "a debugger's step %s a call in a Python module stops at the expected lines",
  async (command, places) => {
    const at = await debug();
    await at.ask({ do: 'watch', lines: { [at.path]: [LINE.name] } });
    const reply = readDecision(at);
    await at.stopAt();
    for (const [line, frames] of places) {
      await at.go(command);
      expect([await at.stopAt(), at.lines.stop!.frames.length]).toEqual([line, frames]);
    }
    await at.go('out');
    await waitUntil(() => expect(reply).toMatchObject({ count: 1, opErrno: ENOENT }));
    expect(at.lines.stop).toBeNull();
    // A step ends with its method: the next request does not stop.
    await at.ask({ do: 'watch', lines: {} });
    const next = readDecision(at);
    await waitUntil(() => expect(next.count).toBe(1));
    at.run.expectSettled();
  },
);

it("a debugger's step out of a Python function stops in its caller", async () => {
  const at = await debug();
  await at.ask({ do: 'watch', lines: { [at.path]: [LINE.counts] } });
  const reply = readDecision(at);
  expect(await at.stopAt()).toBe(LINE.counts);
  expect(at.lines.stop!.frames.map(({ line }) => line)).toEqual([LINE.counts, LINE.count]);
  await at.go('out');
  expect([await at.stopAt(), at.lines.stop!.frames.length]).toEqual([LINE.test, 1]);
  await at.go('continue');
  await waitUntil(() => expect(reply.count).toBe(1));
});

it('other requests wait while a Python module is stopped at a breakpoint, and get replies afterwards', async () => {
  const at = await debug();
  await at.ask({ do: 'watch', lines: { [at.path]: [LINE.name] } });
  const first = readDecision(at);
  await at.stopAt();
  const second = readDecision(at);
  await at.ask({ do: 'watch', lines: {} });
  await at.go('continue');
  await waitUntil(() => expect([first.count, second.count]).toEqual([1, 1]));
  at.run.expectSettled();
});

it('the time limit is suspended at a breakpoint in Python, but applies to an expression evaluated there', async () => {
  const at = await debug({ 'time-limit': '1' });
  await at.ask({ do: 'watch', lines: { [at.path]: [LINE.name] } });
  const reply = readDecision(at);
  await at.stopAt();
  // Longer than all stages of a time limit of one second.
  await new Promise((resolve) => setTimeout(resolve, 4000));
  const endless = at.ask({ do: 'evaluate', frame: 0, text: '[None for _ in iter(int, 1)]' });
  await expect(endless).rejects.toThrow(/TimeLimit/);
  await at.go('continue');
  await waitUntil(() => expect(reply).toMatchObject({ count: 1, opErrno: ENOENT }));
});

it('option frame-timeout is suspended while a Python module is stopped at a breakpoint', async () => {
  const at = await debug({ 'frame-timeout': '1' });
  const heldReply = at.run.ask('access', at.run.knownLoc('file'), 0, null);
  await at.ask({ do: 'watch', lines: { [at.path]: [LINE.name] } });
  for (let stops = 0; stops < 5; stops++) {
    const reply = readDecision(at);
    await at.stopAt();
    at.run.context.advance(1000);
    await at.go('continue');
    await waitUntil(() => expect(reply.count).toBe(1));
  }
  expect(heldReply.count).toBe(0);
  await waitUntil(() => {
    at.run.context.advance(1000);
    expect(heldReply).toMatchObject({ count: 1, opErrno: EIO });
  });
  at.run.expectSettled();
});

it('a Python module at a breakpoint continues when the debugger detaches, and does not stop again', async () => {
  const at = await debug();
  await at.ask({ do: 'watch', lines: { [at.path]: [LINE.name] } });
  const reply = readDecision(at);
  await at.stopAt();
  at.lines.removeDebugger();
  await waitUntil(() => expect(reply).toMatchObject({ count: 1, opErrno: ENOENT }));
  const next = readDecision(at);
  await waitUntil(() => expect(next.count).toBe(1));
  expect(at.lines.stop).toBeNull();
  at.run.expectSettled();
});

it('a volume can end while its Python module is stopped at a breakpoint', async () => {
  const at = await debug();
  await at.ask({ do: 'watch', lines: { [at.path]: [LINE.name] } });
  const reply = readDecision(at);
  await at.stopAt();
  await at.run.graph.stop();
  expect(reply.count).toBe(1);
});

it('breakpoints in a Python module still stop requests after a reload', async () => {
  const at = await debug();
  await at.ask({ do: 'watch', lines: { [at.path]: [LINE.name] } });
  expect(await at.run.reload()).toMatchObject({ ok: true });
  const reply = readDecision(at);
  expect(await at.stopAt()).toBe(LINE.name);
  at.lines.removeDebugger();
  await waitUntil(() => expect(reply.count).toBe(1));
});

it('an invalid command of the debugger is refused, and the Python module stays stopped', async () => {
  const at = await debug();
  await expect(at.ask({ do: 'locals', frame: 0 })).rejects.toThrow(/not stopped/);
  await at.ask({ do: 'watch', lines: { [at.path]: [LINE.name] } });
  const reply = readDecision(at);
  await at.stopAt();
  const refused: [LineCommand, RegExp][] = [
    [{ do: 'evaluate', frame: 0, text: 'nothing' }, /NameError.*nothing/],
    [{ do: 'evaluate', frame: 0, text: 'a b' }, /SyntaxError/],
    [{ do: 'locals', frame: 9 }, /IndexError/],
    [{ do: 'parts', of: 99 }, /IndexError/],
  ];
  for (const [command, why] of refused) {
    const reply = at.ask(command);
    await expect(reply).rejects.toThrow(why);
    await expect(reply).rejects.toThrow(LineError);
  }
  expect(await at.stopAt()).toBe(LINE.name);
  await at.go('continue');
  await waitUntil(() => expect(reply.count).toBe(1));
});

it('the debugger shows long Python variables shortened, and survives a hostile __repr__', async () => {
  const at = await debug();
  await at.ask({ do: 'watch', lines: { [at.path]: [LINE.name] } });
  const reply = readDecision(at);
  await at.stopAt();
  const show = async (text: string) =>
    (await at.ask({ do: 'evaluate', frame: 0, text })).variables![0]!;
  expect((await show('"x" * 10**6')).value.length).toBeLessThan(1001);
  expect((await show('[[[[0] * 99] * 99] * 99] * 99')).value.length).toBeLessThan(1001);
  const hostile = 'type("T", (), {"__repr__": lambda self: exit()})()';
  expect((await show(hostile)).value).toContain('SystemExit in __repr__');
  const { parts } = await show('list(range(10**5))');
  expect((await at.ask({ do: 'parts', of: parts })).variables).toHaveLength(200);
  at.lines.removeDebugger();
  await waitUntil(() => expect(reply.count).toBe(1));
});

it.each([
  [
    'a module in the main thread',
    hostedLanguage,
    'm.py',
    SOURCE,
    /'top' .* option isolation thread/,
  ],
  [
    'a JavaScript module',
    isolatedLanguage,
    'm.js',
    "import { Translator } from 'glossa';\nexport class xlator extends Translator {}\n",
    /'top' is written in javascript, which stops at methods/,
  ],
])(
  'breakpoints at lines of %s are refused with the reason',
  async (_, language, name, source, why) => {
    const run = await startModule({ [name]: source }, { language });
    const script = run.xl.translator.script!(run.xl);
    expect(script.lines).toBeNull();
    expect(script.noLinesReason).toMatch(why);
  },
);

it('a Python module that waits for a debugger continues if no debugger is attached', async () => {
  const source = SOURCE.replace(
    'name = loc.name',
    'name = loc.name; _lines._host.line_wait()',
  ).replace('from glupy import', 'from glupy import _lines,');
  const run = await startModule({ 'm.py': source }, { language: isolatedLanguage });
  const reply = run.ask('lookup', run.absentLoc('decided'), null);
  await waitUntil(() => expect(reply).toMatchObject({ count: 1, opErrno: ENOENT }));
});
