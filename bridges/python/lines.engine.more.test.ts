/** Breakpoints at lines of a Python module in a thread of its own. */
import { expect, it, vi } from 'vitest';
import { EIO, ENOENT } from '../../runtime/core/errno.ts';
import {
  type LineCommand,
  LineError,
  type LineStops,
  type StepKind,
} from '../../runtime/core/line-stops.ts';
import {
  hostedLanguage,
  isolatedLanguage,
  makeFolder,
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

const soon = <T>(check: () => T): Promise<T> => vi.waitFor(check, { timeout: 60_000 });

interface Debugging {
  readonly run: RunningModule;
  readonly lines: LineStops;
  readonly path: string;
  /** The line of the current stop. */
  stopped(): Promise<number>;
  go(way: StepKind): Promise<void>;
  ask(command: LineCommand): ReturnType<LineStops['ask']>;
}

async function debug(options: Record<string, string> = {}): Promise<Debugging> {
  const folder = makeFolder({ 'm.py': SOURCE });
  const run = await startModule(folder, { language: isolatedLanguage, options });
  const lines = run.xl.translator.script!(run.xl).lines!;
  return {
    run,
    lines,
    path: `${folder}/m.py`,
    stopped: () =>
      soon(() => {
        expect(lines.stop).not.toBeNull();
        return lines.stop!.frames[0]!.line;
      }),
    go: async (way) => void (await lines.ask({ do: 'go', way })),
    ask: (command) => lines.ask(command),
  };
}

const decided = ({ run }: Debugging) => run.ask('lookup', run.absentLoc('decided'), null);
const names = (variables: readonly { name: string }[] | undefined) =>
  variables!.map(({ name }) => name);

it('a breakpoint holds the request, shows and changes variables, and continues', async () => {
  const at = await debug();
  const { lines, path } = at;
  const watched = await at.ask({
    do: 'watch',
    lines: { [path]: [LINE.comment, 99], '/x.py': [1] },
  });
  expect(watched.lines).toEqual({ [path]: [LINE.name, null], '/x.py': [null] });
  const reply = decided(at);
  expect(await at.stopped()).toBe(LINE.name);
  expect(lines.stop).toMatchObject({
    reason: 'breakpoint',
    request: { frame: { root: { op: 'LOOKUP' } } },
    frames: [{ name: 'xlator.lookup', file: path, line: LINE.name }],
  });
  expect(reply.count).toBe(0);
  await at.go('over');
  expect(await at.stopped()).toBe(LINE.count);
  expect(lines.stop!.reason).toBe('step');
  const { variables } = await at.ask({ do: 'locals', frame: 0 });
  expect(names(variables)).toEqual(['self', 'frame', 'loc', 'xdata', 'name']);
  expect(variables!.at(-1)).toEqual({ name: 'name', value: "'decided'", type: 'str', parts: 0 });
  const self = await at.ask({ do: 'parts', of: variables![0]!.parts });
  expect(names(self.variables)).toContain('names');
  expect((await at.ask({ do: 'evaluate', frame: 0, text: 'loc.name * 2' })).variables).toEqual([
    { name: '', value: "'decideddecided'", type: 'str', parts: 0 },
  ]);
  await at.ask({ do: 'set', frame: 0, name: 'name', text: '"another"' });
  await at.go('continue');
  // The debugger has changed the name from 'decided'.
  const [held] = await soon(() => {
    const asked = at.run.takeRequests();
    expect(asked).toHaveLength(1);
    return asked;
  });
  held!.answer(-1, EIO, null, null, null, null);
  await soon(() => expect(reply).toMatchObject({ count: 1, opErrno: EIO }));
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
])('a step %s a call stops at the expected lines', async (way, places) => {
  const at = await debug();
  await at.ask({ do: 'watch', lines: { [at.path]: [LINE.name] } });
  const reply = decided(at);
  await at.stopped();
  for (const [line, frames] of places) {
    await at.go(way);
    expect([await at.stopped(), at.lines.stop!.frames.length]).toEqual([line, frames]);
  }
  await at.go('out');
  await soon(() => expect(reply).toMatchObject({ count: 1, opErrno: ENOENT }));
  expect(at.lines.stop).toBeNull();
  // A step ends with its method: the next request does not stop.
  await at.ask({ do: 'watch', lines: {} });
  const next = decided(at);
  await soon(() => expect(next.count).toBe(1));
  at.run.expectSettled();
});

it('a step out of a call stops in the caller', async () => {
  const at = await debug();
  await at.ask({ do: 'watch', lines: { [at.path]: [LINE.counts] } });
  const reply = decided(at);
  expect(await at.stopped()).toBe(LINE.counts);
  expect(at.lines.stop!.frames.map(({ line }) => line)).toEqual([LINE.counts, LINE.count]);
  await at.go('out');
  expect([await at.stopped(), at.lines.stop!.frames.length]).toEqual([LINE.test, 1]);
  await at.go('continue');
  await soon(() => expect(reply.count).toBe(1));
});

it('other requests wait during a stop, and are answered after it', async () => {
  const at = await debug();
  await at.ask({ do: 'watch', lines: { [at.path]: [LINE.name] } });
  const first = decided(at);
  await at.stopped();
  const second = decided(at);
  await at.ask({ do: 'watch', lines: {} });
  await at.go('continue');
  await soon(() => expect([first.count, second.count]).toEqual([1, 1]));
  at.run.expectSettled();
});

it('the time limit does not run during a stop, and runs after it', async () => {
  const at = await debug({ 'time-limit': '1' });
  await at.ask({ do: 'watch', lines: { [at.path]: [LINE.name] } });
  const reply = decided(at);
  await at.stopped();
  // Longer than all stages of a time limit of one second.
  await new Promise((resolve) => setTimeout(resolve, 4000));
  const endless = at.ask({ do: 'evaluate', frame: 0, text: '[None for _ in iter(int, 1)]' });
  await expect(endless).rejects.toThrow(/TimeLimit/);
  await at.go('continue');
  await soon(() => expect(reply).toMatchObject({ count: 1, opErrno: ENOENT }));
});

it('frame-timeout does not run during a stop', async () => {
  const at = await debug({ 'frame-timeout': '1' });
  const kept = at.run.ask('access', at.run.knownLoc('file'), 0, null);
  await at.ask({ do: 'watch', lines: { [at.path]: [LINE.name] } });
  for (let stops = 0; stops < 5; stops++) {
    const reply = decided(at);
    await at.stopped();
    at.run.context.advance(1000);
    await at.go('continue');
    await soon(() => expect(reply.count).toBe(1));
  }
  expect(kept.count).toBe(0);
  await soon(() => {
    at.run.context.advance(1000);
    expect(kept).toMatchObject({ count: 1, opErrno: EIO });
  });
  at.run.expectSettled();
});

it('a stopped module continues when the debugger detaches, and does not stop again', async () => {
  const at = await debug();
  await at.ask({ do: 'watch', lines: { [at.path]: [LINE.name] } });
  const reply = decided(at);
  await at.stopped();
  at.lines.end();
  await soon(() => expect(reply).toMatchObject({ count: 1, opErrno: ENOENT }));
  const next = decided(at);
  await soon(() => expect(next.count).toBe(1));
  expect(at.lines.stop).toBeNull();
  at.run.expectSettled();
});

it('a volume can end during a stop', async () => {
  const at = await debug();
  await at.ask({ do: 'watch', lines: { [at.path]: [LINE.name] } });
  const reply = decided(at);
  await at.stopped();
  await at.run.graph.stop();
  expect(reply.count).toBe(1);
});

it('breakpoints stay after a reload', async () => {
  const at = await debug();
  await at.ask({ do: 'watch', lines: { [at.path]: [LINE.name] } });
  expect(await at.run.reload()).toMatchObject({ ok: true });
  const reply = decided(at);
  expect(await at.stopped()).toBe(LINE.name);
  at.lines.end();
  await soon(() => expect(reply.count).toBe(1));
});

it('an invalid command is refused, and the stop stays', async () => {
  const at = await debug();
  await expect(at.ask({ do: 'locals', frame: 0 })).rejects.toThrow(/not stopped/);
  await at.ask({ do: 'watch', lines: { [at.path]: [LINE.name] } });
  const reply = decided(at);
  await at.stopped();
  const refused: [LineCommand, RegExp][] = [
    [{ do: 'evaluate', frame: 0, text: 'nothing' }, /NameError.*nothing/],
    [{ do: 'evaluate', frame: 0, text: 'a b' }, /SyntaxError/],
    [{ do: 'locals', frame: 9 }, /IndexError/],
    [{ do: 'parts', of: 99 }, /IndexError/],
  ];
  for (const [command, why] of refused) {
    const asked = at.ask(command);
    await expect(asked).rejects.toThrow(why);
    await expect(asked).rejects.toThrow(LineError);
  }
  expect(await at.stopped()).toBe(LINE.name);
  await at.go('continue');
  await soon(() => expect(reply.count).toBe(1));
});

it('shown variables are bounded, also with a hostile __repr__', async () => {
  const at = await debug();
  await at.ask({ do: 'watch', lines: { [at.path]: [LINE.name] } });
  const reply = decided(at);
  await at.stopped();
  const show = async (text: string) =>
    (await at.ask({ do: 'evaluate', frame: 0, text })).variables![0]!;
  expect((await show('"x" * 10**6')).value.length).toBeLessThan(1001);
  expect((await show('[[[[0] * 99] * 99] * 99] * 99')).value.length).toBeLessThan(1001);
  const hostile = 'type("T", (), {"__repr__": lambda self: exit()})()';
  expect((await show(hostile)).value).toContain('SystemExit in __repr__');
  const { parts } = await show('list(range(10**5))');
  expect((await at.ask({ do: 'parts', of: parts })).variables).toHaveLength(200);
  at.lines.end();
  await soon(() => expect(reply.count).toBe(1));
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
])('breakpoints in %s are refused with the reason', async (_, language, name, source, why) => {
  const run = await startModule({ [name]: source }, { language });
  const script = run.xl.translator.script!(run.xl);
  expect(script.lines).toBeNull();
  expect(script.why).toMatch(why);
});

it('a module that waits for a debugger without one continues', async () => {
  const source = SOURCE.replace(
    'name = loc.name',
    'name = loc.name; _lines._host.line_wait()',
  ).replace('from glupy import', 'from glupy import _lines,');
  const run = await startModule({ 'm.py': source }, { language: isolatedLanguage });
  const reply = run.ask('lookup', run.absentLoc('decided'), null);
  await soon(() => expect(reply).toMatchObject({ count: 1, opErrno: ENOENT }));
});
