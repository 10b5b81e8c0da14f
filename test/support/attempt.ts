/**
 * A Python module that executes the source of a request: tests try attacks by it, each in its own
 * volume unless `tryBy` shares one. The canaries outside must stay unchanged.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Dict } from '../../runtime/core/dict.ts';
import { EPERM } from '../../runtime/core/errno.ts';
import { makeFolder } from './folder.ts';
import { type ModuleSettings, makeModuleGraph, type RunningModule, startModule } from './module.ts';
import type { Row } from './rows.ts';

/** The module's files. Its `access` just answers: the volume is alive. */
export const ATTEMPT_FILES = {
  'm.py': `from glupy import *

class xlator(Translator):
    def stat(self, frame, loc, xdata):
        names = {"self": self, "frame": frame, "xdata": xdata}
        try:
            exec(xdata["source"], names)
            result = repr(names.get("r"))
        except Exception as error:
            result = "raised " + type(error).__name__ + ": " + str(error)
        self.log.info("RESULT " + result)
        frame.fail(EPERM)

    def access(self, frame, loc, mask, xdata):
        frame.fail(EPERM)
`,
};

/** `repr(r)` or the exception, the errno of the request, and the other log lines. */
export interface AttemptResult {
  readonly result: string;
  readonly log: string;
  readonly errno: number;
}

export function runAttempt(run: RunningModule, source: string): AttemptResult {
  run.context.lines.length = 0;
  const reply = run.ask('stat', run.knownLoc('file'), Dict.of({ source }));
  const lines = run.context.lines.splice(0);
  const at = lines.findIndex((line) => line.includes('RESULT '));
  const result = at < 0 ? '' : lines.splice(at, 1)[0]!.replace(/^.*?RESULT /s, '');
  return { result, log: lines.join('\n'), errno: reply.opErrno };
}

/** A folder of the host: `read` and `write` are granted, `other` is not, and links lead there. */
function makeFolders(): string {
  const folder = makeFolder();
  for (const name of ['code', 'read', 'write', 'other']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'code', 'm.py'), ATTEMPT_FILES['m.py']);
  writeFileSync(join(folder, 'read', 'file'), 'to be read');
  writeFileSync(join(folder, 'other', 'canary'), 'untouched');
  symlinkSync(join(folder, 'other', 'canary'), join(folder, 'read', 'link'));
  symlinkSync('../other', join(folder, 'read', 'folder'));
  symlinkSync('file', join(folder, 'read', 'inner'));
  execFileSync('mkfifo', [join(folder, 'read', 'fifo')]);
  return folder;
}

interface AttemptSettings {
  /** The attempts of a group share a volume: where each start costs a thread. */
  readonly shares: boolean;
  /** Titles of attempts that are not tried, by the reasons. */
  readonly leftOut: Readonly<Record<string, readonly string[]>>;
}

let attemptSettings: AttemptSettings = { shares: true, leftOut: {} };

/** Sets the way of all later attempts; called by a file before it imports test files. */
export function setAttemptSettings(settings: AttemptSettings): void {
  attemptSettings = settings;
}

/** The attempts that are not left out. */
export function withoutLeftOut<T extends readonly [title: string, ...rest: unknown[]]>(
  all: readonly T[],
): readonly T[] {
  const leftOut = Object.values(attemptSettings.leftOut).flat();
  return all.filter(([title]) => !leftOut.includes(title));
}

const canary = { value: 'of the host' };

/** `text` with the place of the folder for FOLDER. */
type Fill = (text: string) => string;

interface Tools {
  run(source: string): AttemptResult;
  readonly fill: Fill;
  /** The log lines of refusals so far. */
  readonly refusals: readonly string[];
}

/**
 * Gives each test of the group a volume, and checks the canaries outside and the volume after each
 * test. Sources may name the FOLDER.
 */
export function prepareAttempts(): Tools {
  let folder: string;
  let run: RunningModule;
  const refusals: string[] = [];

  beforeAll(() => {
    process.env.GLOSSA_TEST_SECRET = 'secret of the host';
    process.env.GLOSSA_TEST_GIVEN = 'given';
    Object.assign(globalThis, { glossaCanary: canary });
    folder = makeFolders();
    return () => {
      Reflect.deleteProperty(globalThis, 'glossaCanary');
      delete process.env.GLOSSA_TEST_SECRET;
      delete process.env.GLOSSA_TEST_GIVEN;
    };
  });

  const settings = (): ModuleSettings => ({
    options: {
      // A busy machine is no reason to be interrupted.
      'time-limit': '60',
      'allow-read': join(folder, 'read'),
      'allow-write': join(folder, 'write'),
      'allow-env': 'GLOSSA_TEST_GIVEN',
    },
  });

  if (attemptSettings.shares) {
    beforeAll(async () => {
      run = makeModuleGraph(join(folder, 'code'), settings());
      await run.graph.start();
      return () => run.graph.stop();
    });
  } else {
    beforeEach(async () => {
      refusals.length = 0;
      run = await startModule(join(folder, 'code'), settings());
    });
  }

  afterEach(() => {
    expect(canary).toEqual({ value: 'of the host' });
    expect(process.env.GLOSSA_TEST_SECRET).toBe('secret of the host');
    expect(readFileSync(join(folder, 'other', 'canary'), 'utf8')).toBe('untouched');
    expect(run.ask('access', run.knownLoc('file'), 1, null)).toMatchObject({ opErrno: EPERM });
  });

  const fill: Fill = (text) => text.replaceAll('FOLDER', folder);
  const attempt = (source: string): AttemptResult => {
    const outcome = runAttempt(run, fill(source));
    refusals.push(...refusalLines(outcome.log));
    return outcome;
  };
  return { run: attempt, fill, refusals };
}

/** The log lines of refusals. */
const refusalLines = (log: string): string[] =>
  log.split('\n').filter((line) => /^\[[^\]]+\] W .*: refused: /.test(line));

/** Checks that every attempt fails and is logged. @param all rows: title, source, result, the end of the log line */
export function describeRefusals(topic: string, all: readonly Row[]): void {
  describe(topic, () => {
    const { run: attempt, fill, refusals } = prepareAttempts();
    it.each(withoutLeftOut(all).map((one) => ({ one, title: one[0] })))(
      'is refused and logged once: $title',
      ({ one }) => {
        const [, source, expected, refused] = one;
        const { result, errno } = attempt(source);
        expect(result).toMatch(new RegExp(expected));
        expect(errno).toBe(EPERM);
        const text = `: refused: ${fill(refused)}`;
        expect(refusals).toContainEqual(expect.stringContaining(text));
        // Each is logged once, so that a script cannot flood the log.
        expect(attempt(source).log).not.toContain(text);
      },
    );
  });
}
