/**
 * A Python module that runs what it is told, for a request: what scripts may try is tried so, in a
 * volume of its own each time, with things outside of it that must stay as they are.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Dict } from '../../runtime/core/dict.ts';
import { EPERM } from '../../runtime/core/errno.ts';
import { type RunningModule, startModule } from './module.ts';

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

/** `repr(r)` or what was raised, the errno of the request, and what was logged besides. */
export interface Attempted {
  readonly result: string;
  readonly log: string;
  readonly errno: number;
}

export function attemptIn(run: RunningModule, source: string): Attempted {
  run.context.lines.length = 0;
  const reply = run.ask('stat', run.known('file'), Dict.of({ source }));
  const lines = run.context.lines.splice(0);
  const at = lines.findIndex((line) => line.includes('RESULT '));
  const result = at < 0 ? '' : lines.splice(at, 1)[0]!.replace(/^.*?RESULT /s, '');
  return { result, log: lines.join('\n'), errno: reply.opErrno };
}

/** A folder of the host: `read` and `write` are granted, `other` is not; and where links lead. */
function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'glossa-escapes-'));
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

const canary = { value: 'of the host' };

/** `text` with the place of the folder for FOLDER. */
type Fill = (text: string) => string;

/**
 * Gives each test of the file a volume. What lies outside is looked at after each, and whether the
 * volume answers. Sources may name the FOLDER.
 */
export function attempts(): { attempt(source: string): Attempted; fill: Fill } {
  let folder: string;
  let run: RunningModule;

  beforeAll(() => {
    process.env.GLOSSA_TEST_SECRET = 'secret of the host';
    process.env.GLOSSA_TEST_GIVEN = 'given';
    Object.assign(globalThis, { glossaCanary: canary });
    folder = makeFolder();
    return () => {
      rmSync(folder, { recursive: true });
      Reflect.deleteProperty(globalThis, 'glossaCanary');
      delete process.env.GLOSSA_TEST_SECRET;
      delete process.env.GLOSSA_TEST_GIVEN;
    };
  });

  beforeEach(async () => {
    const options = {
      // A busy machine is no reason to be interrupted.
      'time-limit': '60',
      'allow-read': join(folder, 'read'),
      'allow-write': join(folder, 'write'),
      'allow-env': 'GLOSSA_TEST_GIVEN',
    };
    run = await startModule(join(folder, 'code'), { options });
  });

  afterEach(() => {
    expect(canary).toEqual({ value: 'of the host' });
    expect(process.env.GLOSSA_TEST_SECRET).toBe('secret of the host');
    expect(readFileSync(join(folder, 'other', 'canary'), 'utf8')).toBe('untouched');
    expect(run.ask('access', run.known('file'), 1, null)).toMatchObject({ opErrno: EPERM });
  });

  const fill: Fill = (text) => text.replaceAll('FOLDER', folder);
  return { attempt: (source) => attemptIn(run, fill(source)), fill };
}

/** `refused` is how the line goes on that the log has of it. */
export type Attempt = readonly [title: string, source: string, result: RegExp, refused: string];

/** The lines that tell what was refused. */
const refusals = (log: string): string[] =>
  log.split('\n').filter((line) => /^\[[^\]]+\] W .*: refused: /.test(line));

/** Checks that every attempt comes to nothing, and is told to the log. */
export function refuses(
  topic: string,
  all: readonly Attempt[],
  tools: ReturnType<typeof attempts>,
) {
  const { attempt, fill } = tools;
  describe(topic, () => {
    it.each(all.map((one) => ({ one, title: one[0] })))('$title', ({ one }) => {
      const [, source, expected, refused] = one;
      const { result, log, errno } = attempt(source);
      expect(result).toMatch(expected);
      expect(errno).toBe(EPERM);
      const text = `: refused: ${fill(refused)}`;
      expect(refusals(log)).toContainEqual(expect.stringContaining(text));
      // Each is told once, so that a script cannot flood the log.
      expect(attempt(source).log).not.toContain(text);
    });
  });
}
