/** Modules that use up what they have (memory, files, descriptors, requests): the log names the line, others are served. */
import { expect, it, vi } from 'vitest';
import { MAX_FAILED_PER_TURN } from '../../bridges/host/requests/pending-requests.ts';
import { EIO, EPERM } from '../../runtime/core/errno.ts';
import { type RunningModule, startModule } from '../support/module.ts';
import { selectVariants } from '../support/test-selection.ts';

const OPTIONS = { 'restart-backoff': '0', 'time-limit': '60' };
const FULL = '64MB';

const ask = (run: RunningModule, name: string) => run.ask('lookup', run.knownLoc(name), null);

/** Asks for a name; the request fails, and the log shows the line that failed. */
function expectFailure(run: RunningModule, name: string, ...shown: readonly (string | RegExp)[]) {
  run.takeLines();
  expect(ask(run, name)).toMatchObject({ count: 1, opErrno: EIO });
  const log = run.takeLines().join('\n');
  for (const text of shown) expect(log).toMatch(text);
}

const expectServed = (run: RunningModule, name: string): void => {
  expect(ask(run, name)).toMatchObject({ count: 1, opErrno: EPERM });
};

const startPython = (lookup: string, options = {}) =>
  startModule(
    {
      'm.py': `import os
from glupy import EPERM, Translator

class xlator(Translator):
    def init(self):
        self.kept = []

    def lookup(self, frame, loc, xdata):
        name = loc.name
${lookup.replace(/^/gm, '        ')}
        frame.fail(EPERM)
`,
    },
    { options: { ...OPTIONS, ...options } },
  );

const startJavaScript = (lookup: string, options = {}) =>
  startModule(
    {
      'm.js': `import { EPERM, Translator } from 'glossa';
export class xlator extends Translator {
  kept = [];
  lookup(frame, loc) {
    const { name } = loc;
    ${lookup}
    frame.fail(EPERM);
  }
}
`,
    },
    { options: { ...OPTIONS, ...options } },
  );

const MEMORY_ERROR = /E \[m.py:11:lookup\] 0-top: lookup failed: MemoryError/;
/** Messages where so little memory is left that not every exception finds room. */
const NO_MEMORY = /\[m\.(py|js):\d+.*(MemoryError|out of memory|all of its memory)/s;
const fills: readonly (readonly ['py' | 'js', string, RegExp])[] = [
  ['py', 'bytes(3_000)', MEMORY_ERROR],
  ['py', 'str(id(self.kept))', MEMORY_ERROR],
  ['py', 'bytes(100_000)', MEMORY_ERROR],
  ['py', '1.5', NO_MEMORY],
  ['js', '1.5', NO_MEMORY],
  ['js', 'new Uint8Array(100_000)', NO_MEMORY],
  ['js', '{}', NO_MEMORY],
  ['js', "'x' + Math.random()", NO_MEMORY],
];
it.each(selectVariants(fills, ([, form]) => form === 'bytes(3_000)' || form === '1.5'))(
  'a module that fills its memory has the line in the log, and the next request is served (%s: %s)',
  async (language, form, shown) => {
    const limit = { 'memory-limit': FULL };
    const run = await (language === 'py'
      ? startPython(`while name == "fill":\n    self.kept = (self.kept, ${form})`, limit)
      : startJavaScript(`while (name === 'fill') this.kept = [this.kept, ${form}];`, limit));
    for (let round = 0; round < 2; round += 1) {
      expectFailure(run, 'fill', shown);
      await vi.waitFor(() => expect(run.host.interpreter.isDead).toBe(false), { timeout: 60_000 });
      for (let i = 0; i < 10; i += 1) expectServed(run, `file${i}`);
    }
  },
  120_000,
);

it('a Python module that frees what filled its memory keeps its interpreter', async () => {
  const fill = `if name == "fill":
    held = []
    while True:
        held.append([1.5])`;
  const run = await startPython(fill, { 'memory-limit': FULL });
  const { interpreter } = run.host;
  for (let round = 0; round < 3; round += 1) {
    expectFailure(run, 'fill', /E \[m.py:13:lookup\] 0-top: lookup failed: MemoryError/);
    expectServed(run, 'file');
    expect(run.host.interpreter).toBe(interpreter);
  }
  expect(run.dump()['memory-bytes']).toBeLessThanOrEqual(64 * 2 ** 20);
}, 120_000);

it('a Python module that catches MemoryError and keeps its memory loses its interpreter at once', async () => {
  const fill = `if name == "fill":
    try:
        while True:
            self.kept = (self.kept, bytes(3_000))
    except MemoryError:
        pass`;
  const run = await startPython(fill, { 'memory-limit': FULL });
  expect(ask(run, 'fill').count).toBe(1);
  expect(run.takeLines().join('\n')).toContain('the module keeps all of its memory');
  await vi.waitFor(() => expect(run.host.interpreter.isDead).toBe(false), { timeout: 60_000 });
  for (let i = 0; i < 10; i += 1) expectServed(run, `file${i}`);
}, 120_000);

it('a Python module whose /tmp is full fails that request with ENOSPC, and works again without the files', async () => {
  const run = await startPython(`if name.startswith("fill"):
    with open("/tmp/" + name, "wb", buffering=0) as file:
        while True:
            file.write(bytes(1 << 20))
if name == "clear":
    for each in os.listdir("/tmp"):
        os.remove("/tmp/" + each)
if name == "small":
    with open("/tmp/small", "w") as file:
        file.write("small")
    with open("/tmp/small") as file:
        assert file.read() == "small"`);
  const place = /E \[m.py:13:lookup\] 0-top: lookup failed: OSError: \[Errno 28\] No space left/;
  for (let round = 0; round < 3; round += 1) {
    expectFailure(run, 'fill1', place);
    expectServed(run, 'file');
    expectFailure(run, 'fill2', /OSError: \[Errno 28\] No space left/);
    expectServed(run, 'file');
    expectServed(run, 'clear');
    expectServed(run, 'small');
  }
}, 120_000);

const openers: readonly (readonly [string, string, string])[] = [
  ['open', 'open("/tmp/x", "wb", buffering=0)', 'self.kept.clear()'],
  [
    'os.open',
    'os.open("/tmp/x", os.O_CREAT | os.O_RDWR)',
    'while self.kept: os.close(self.kept.pop())',
  ],
];
it.each(selectVariants(openers, ([name]) => name === 'open'))(
  'a Python module without descriptors fails that request with its line, and works again after it closes some (%s)',
  async (_, form, clear) => {
    const run = await startPython(`while name == "fill":
    self.kept.append(${form})
    assert len(self.kept) < 100_000
if name == "clear":
    ${clear}
if name == "import":
    import wave
if name == "wrong":
    wrong
if name == "small":
    with open("/tmp/small", "w") as file:
        file.write("small")`);
    for (let round = 0; round < 2; round += 1) {
      expectFailure(
        run,
        'fill',
        /E \[m.py:11:lookup\] 0-top: lookup failed: OSError: \[Errno 24\]/,
      );
      expectServed(run, 'file');
      // The library's files need a descriptor, too.
      expectFailure(run, 'import', /E \[m.py:16:lookup\]/);
      expectFailure(run, 'wrong', /E \[m.py:18:lookup\] 0-top: lookup failed: NameError/);
      expectServed(run, 'clear');
      expectServed(run, 'small');
    }
  },
  120_000,
);

const keepers: readonly (readonly [string, string])[] = [
  ['m.py', '512MB'],
  ['m.py', FULL],
  ['m.js', '512MB'],
];
it.each(selectVariants(keepers, ([file, limit]) => file === 'm.py' && limit !== FULL))(
  '20,000 requests that a module keeps fail after frame-timeout, and others are served meanwhile (%s, %s)',
  async (file, limit) => {
    const options = { 'memory-limit': limit, 'frame-timeout': '2' };
    const run = await (file === 'm.py'
      ? startPython(`if name == "keep":\n    self.kept.append(frame)\n    return`, options)
      : startJavaScript(`if (name === 'keep') { this.kept.push(frame); return; }`, options));
    const loc = run.knownLoc('keep');
    const kept = Array.from({ length: 20_000 }, () => run.ask('lookup', loc, null));
    expect(kept.every(({ count }) => count === 0)).toBe(true);
    const countFailed = (): number => kept.filter(({ count }) => count > 0).length;
    for (let seconds = 1; countFailed() === 0; seconds += 1) {
      expect(seconds).toBeLessThan(10);
      run.context.advance(1000);
      expectServed(run, `file${seconds}`);
    }
    // Some fail in a turn, so that others are served in between.
    for (let turns = 1; turns < 20; turns += 1) {
      expect(countFailed()).toBe(turns * MAX_FAILED_PER_TURN);
      expectServed(run, `file${turns}`);
      run.context.advance(1);
    }
    run.context.advance(10_000);
    expect(kept.every(({ count, opErrno }) => count === 1 && opErrno === EIO)).toBe(true);
    expect(run.takeLines().join('\n')).toContain(
      'lookup: no answer within 2 s (option frame-timeout)',
    );
    run.expectKept(0);
  },
  120_000,
);
