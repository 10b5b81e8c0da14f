/**
 * Tests of modules that use the host without end: its time and memory count as theirs, and their
 * log lines are bounded.
 */
import { expect, it } from 'vitest';
import { EIO, EMFILE, EPERM } from '../../runtime/core/errno.ts';
import { Fd } from '../../runtime/core/operands.ts';
import { openFilesLimit } from '../../runtime/sys/open-files.ts';
import type { RunningModule } from '../support/module.ts';
import { selectVariants } from '../support/test-selection.ts';
import { type Extension, serves, start as startEndless } from './endless.ts';

/** Starts a module whose `stat` has this body. */
const start = (
  extension: Extension,
  body: string,
  options: Record<string, string> = {},
): Promise<RunningModule> => {
  const method =
    extension === 'py'
      ? `\n    def stat(self, frame, loc, xdata):\n${body.replace(/^/gm, '        ')}`
      : `stat(frame, loc) {\n${body}\n}`;
  return startEndless(extension, method, options);
};

const size = (lines: readonly string[]): number =>
  lines.reduce((sum, line) => sum + line.length, 0);

it.each([
  ['py', 'for _ in range(30_000): self.log.info("x" * 100)\nframe.fail(EPERM)'],
  ['py', 'for _ in range(3_000): print("x" * 100)\nframe.fail(EPERM)'],
  ['js', 'for (let i = 0; i < 3_000; i++) this.log.info("x".repeat(100));\nframe.fail(EPERM);'],
  // As written, such a line has four times as many bytes.
  ['py', 'for _ in range(3_000): self.log.info("\\0" * 100)\nframe.fail(EPERM)'],
  ['js', 'for (let i = 0; i < 3_000; i++) this.log.info("\\0".repeat(100));\nframe.fail(EPERM);'],
] as const)(
  "a module's log lines beyond log-limit are dropped and counted (%s: %s)",
  async (ext, body) => {
    const run = await start(ext, body, { 'log-limit': '10KB', 'time-limit': '0' });
    expect(run.ask('stat', run.knownLoc('a'), null)).toMatchObject({ count: 1, opErrno: EPERM });
    expect(size(run.takeLines())).toBeLessThan(200_000);
    run.context.advance(1000);
    expect(run.takeLines()).toContainEqual(
      expect.stringMatching(/^W .*: 2\d{3,4} lines \(\d{6,8} bytes\) .*left out.*option log-limit/),
    );
    // Later, there is room again.
    run.context.advance(60_000);
    run.ask('stat', run.knownLoc('a'), null);
    expect(size(run.takeLines())).toBeGreaterThan(10_000);
  },
);

it.each([
  ['py', 'self.log.info("x" * 1_000_000)\nself.log.info("y" * 170_000)\nraise ValueError("told")'],
  [
    'js',
    'this.log.info("x".repeat(1e6));\nthis.log.info("y".repeat(170_000));\nthrow new RangeError("told");',
  ],
] as const)(
  'an error of a module is logged even beyond log-limit (%s)',
  async (extension, body) => {
    const run = await start(extension, body, { 'log-limit': '20KB' });
    run.ask('stat', run.knownLoc('a'), null);
    expect(run.takeLines().join('\n')).toMatch(/E \[m\.(py|js):\d+.*told/);
  },
);

it.each([
  ['py', 'while True: self.log.info("\\n" * 100_000)'],
  ['js', 'for (;;) this.log.info("\\n".repeat(100_000));'],
] as const)(
  "time that a module spends in glossa's functions counts towards time-limit (%s)",
  async (extension, body) => {
    const run = await start(extension, body, { 'time-limit': '1', 'log-limit': '0' });
    run.context.sink.write = (line) => {
      if (line.length < 10_000) run.context.lines.push(line);
    };
    expect(run.ask('stat', run.knownLoc('a'), null)).toMatchObject({ count: 1, opErrno: EIO });
    expect(run.takeLines().join('\n')).toMatch(/time.limit/i);
    serves(run);
  },
);

it.each([
  [
    'py',
    'i = 0\nwhile True:\n    i += 1\n    try: __import__(f"absent{i}")\n    except ImportError: pass',
  ],
  ['js', "(async () => { for (let i = 0; ; i++) await import('absent' + i).catch(() => {}); })();"],
] as const)(
  'time that a module spends on refused imports counts towards time-limit (%s)',
  async (extension, body) => {
    const run = await start(extension, body, { 'time-limit': '1' });
    expect(run.ask('stat', run.knownLoc('a'), null)).toMatchObject({ count: 1, opErrno: EIO });
    const lines = run.takeLines();
    expect(lines.join('\n')).toMatch(/time.limit/i);
    // The log has the first refusals, and a note that there are more.
    expect(lines.length).toBeLessThan(500);
    serves(run);
  },
);

it('bytes that glossa stores for a module count towards memory-limit, and are freed after the request (py)', async () => {
  const body =
    'block = bytes(10_000_000)\nhost = sys.modules["glupy.frame"]._host\nwhile True: host.put(block)';
  const run = await start('py', body, { 'memory-limit': '96MB', 'time-limit': '0' });
  for (let round = 0; round < 3; round++) {
    expect(run.ask('stat', run.knownLoc('a'), null)).toMatchObject({ count: 1, opErrno: EIO });
    expect(run.takeLines()[0]).toMatch(/m\.py:\d+:stat.*option memory-limit/);
    serves(run);
  }
});

const openers = [
  [
    'py',
    `
    async def fsync(self, frame, fd, datasync, xdata):
        self.fds = []
        while True:
            self.fds.append((await self.child.open(Loc.of(gfid=ROOT_GFID), 0)).fd)
`,
  ],
  [
    'js',
    `  async fsync() {
    this.fds = [];
    for (;;) this.fds.push((await this.child.open(Loc.of({ gfid: ROOT_GFID }), 0)).fd);
  }`,
  ],
] as const;
it.each(selectVariants(openers, ([ext]) => ext === 'py'))(
  'a module may itself open a quarter of the files that its process may have open (%s)',
  async (ext, method) => {
    const run = await startEndless(ext, method);
    let opened = 0;
    run.leaf.onRequest = (held) => {
      opened += 1;
      held.answer(0, 0, held.args[2], null);
    };
    const reply = run.ask('fsync', new Fd(run.root, 0, 1), 0, null);
    for (let turn = 0; turn < 100 && reply.count === 0; turn++) run.context.advance(1);
    expect(reply).toMatchObject({ count: 1, opErrno: EMFILE });
    expect(opened).toBe(Math.min(16_384, Math.floor(openFilesLimit / 4)));
    expect(run.takeLines().join('\n')).toMatch(/W .*refused: more than \d+ fds of its own/);
    serves(run);
  },
);
