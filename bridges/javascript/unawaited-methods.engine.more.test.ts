/** Errors of a module's own async methods that it does not await: the log has them. */
import { expect, it } from 'vitest';
import { EPERM } from '../../runtime/core/errno.ts';
import { startModule } from '../../test/support/module.ts';

const makeSource = (calls: string): string => `import { EPERM, Translator } from 'glossa';
export class xlator extends Translator {
  async broken(what) {
    if (what === 'late') await null;
    throw new RangeError('it breaks ' + what);
  }

  async tries(what) {
    try {
      await this.broken(what);
    } catch {
      return what;
    }
  }

  access(frame) {
    ${calls}
    frame.fail(EPERM);
  }
}
`;

/** Log lines after these calls, whose promises are not awaited. */
async function runAndReadLog(calls: string): Promise<string[]> {
  const run = await startModule({ 'm.js': makeSource(calls) });
  expect(run.ask('access', run.knownLoc('a'), 0, null)).toMatchObject({ count: 1, opErrno: EPERM });
  const { failures } = run.host.counters;
  expect(failures).toBe(0);
  run.expectSettled();
  return run
    .takeLines()
    .filter((line) => !line.includes(' loaded: '))
    .map((line) => line.split('\n')[0]!);
}

it.each([
  ['throws at once', "this.broken('now');", 'now'],
  ['throws later', "this.broken('late');", 'late'],
  ['is marked with void', "void this.broken('now');", 'now'],
  ['is kept in a variable', "const kept = this.broken('late');", 'late'],
])(
  'the error of an unawaited call that %s is logged with file and line',
  async (_, calls, text) => {
    expect(await runAndReadLog(calls)).toEqual([
      `E [m.js:5:broken] 0-top: broken failed, and was not awaited: RangeError: it breaks ${text}`,
    ]);
  },
);

it.each([
  ['another method awaits it', "this.broken('now');\n    return;", "this.tries('late');"],
  [
    'a catch handles it',
    "this.broken('now');\n    return;",
    "this.broken('late').catch(() => {});",
  ],
  [
    'Promise.allSettled awaits it',
    "this.broken('now');\n    return;",
    "Promise.allSettled([this.broken('late')]);",
  ],
])('the error of an async method is not logged if %s', async (_, watched, calls) => {
  // The unreachable call makes the method a watched one.
  expect(await runAndReadLog(`${calls}\n    if (frame === null) {\n    ${watched}\n    }`)).toEqual(
    [],
  );
});

it("the error of a fop's method that another method calls without await is not logged", async () => {
  const fops = `import { EPERM, FopError, Translator } from 'glossa';
export class xlator extends Translator {
  async stat(frame, loc) {
    if (loc.name === 'a') throw new FopError(EPERM);
    return await this.child.stat(loc);
  }

  lstat(frame, loc) {
    this.stat(frame, loc);
  }
}
`;
  const run = await startModule({ 'm.js': fops });
  expect(run.ask('stat', run.knownLoc('a'), null)).toMatchObject({ count: 1, opErrno: EPERM });
  expect(run.host.counters.failures).toBe(0);
});
