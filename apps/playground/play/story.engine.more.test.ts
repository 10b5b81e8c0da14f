/** The playground with modules: a learner writes a cache, watches it, breaks it, reads errors. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeMachine } from '../../../bridges/machine/node/index.ts';
import { packageRoot } from '../../../runtime/sys/paths.ts';
import { readEvents } from '../../../test/support/test-recordings.ts';
import { PlaygroundRuntime } from './playground-runtime.ts';
import type { Texts } from './protocol.ts';
import { joinOutput } from './shell/index.ts';

const VOLFILE = `volume disk
    type storage/memory
end-volume

volume cache
    type features/glupy
    option module-name cache
    subvolumes disk
end-volume
`;
const negative = (path: string): string =>
  readFileSync(join(packageRoot, 'examples/negative', path), 'utf8');

const HEAD = 'from glupy import ENOENT, Translator\n\nclass xlator(Translator):\n';
/** A cache that never forgets an absent name. */
const WRONG = `${HEAD}    def init(self):
        self.absent = set()

    def lookup(self, frame, loc, xdata):
        if loc.path in self.absent:
            return frame.fail(ENOENT)
        frame.local = loc.path
        frame.wind()

    def lookup_cbk(self, frame, op_ret, op_errno, *reply):
        if op_ret < 0:
            self.absent.add(frame.local)
        frame.unwind(op_ret, op_errno, *reply)
`;
const SILENT = `${HEAD}    def lookup(self, frame, loc, xdata):
        if loc.name == "kept":
            self.kept = frame
        elif loc.name != "lost":
            frame.wind()
`;

describe("a learner's session", () => {
  // Interpreters of Node's machine; test/browser tests those of browsers.
  const runtime = new PlaygroundRuntime(nodeMachine);
  let journal: string[] = [];
  const start = (module: string, name = '/cache.py') => {
    const texts: Texts = { '/graph.vol': VOLFILE, [name]: module };
    return runtime.start({ texts, distanceMs: 1.4, journal });
  };
  const run = async (line: string) => {
    const ran = await runtime.run(line);
    if (ran.journalLine !== null) journal.push(ran.journalLine);
    return { ...ran, output: joinOutput(ran.output) };
  };

  beforeAll(() => {
    journal = [];
  });
  afterAll(() => runtime.stop());

  it.each([
    ['/cache.py', negative('negative.py')],
    ['/cache.js', negative('javascript/negative.js')],
  ])('the cache module %s saves requests to the storage', async (name, module) => {
    expect(await start(module, name)).toMatchObject({ isRunning: true, problems: [] });
    const first = await run('search file009.php');
    expect(first.output).toBe('/dir9/file009.php');
    expect(first.counters).toMatchObject({ requestCount: 20, storageCount: 20, waitedMs: 28 });
    const second = await run('search file009.php');
    expect(second.output).toBe(first.output);
    expect(second.counters).toMatchObject({ requestCount: 30, storageCount: 21, waitedMs: 29.4 });
    // The bridge has noted the module's state.
    const notes = (await readEvents(first.recording)).filter(({ kind }) => kind === 'note');
    expect(JSON.stringify(notes)).toContain('dir0');
    expect((await run('touch dir0/file009.php; search file009.php')).output).toBe(
      '/dir0/file009.php',
    );
    await run('rm dir0/file009.php');
  });

  it('a cache without invalidation hides a file that is created after a failed lookup', async () => {
    expect(await start(WRONG)).toMatchObject({ isRunning: true });
    await run('mkdir /p');
    expect(await start(WRONG)).toMatchObject({ isRunning: true });
    const absent = 'cat: /p/key: No such file or directory';
    expect((await run('cat /p/key')).output).toBe(absent);
    await run('echo mine > /p/key');
    expect((await run('cat /p/key')).output).toBe(absent);
    // The next cache starts with the same storage.
    await start(negative('negative.py'));
    expect((await run('cat /p/key')).output).toBe('mine');
  });

  it('a syntax error in a module is reported with its line, and the earlier graph keeps running', async () => {
    const wrong = HEAD.replace(':\n', '\n');
    expect(await start(`${wrong}    pass\n`)).toMatchObject({
      isRunning: false,
      problems: [{ severity: 'error', file: '/cache.py', line: 3, column: 25 }],
    });
    const typo = await start(
      `${HEAD}    def lokup(self, frame, loc, xdata):\n        frame.wind()\n`,
    );
    expect(typo.problems).toEqual([
      expect.objectContaining({
        severity: 'warning',
        file: '/cache.py',
        message: expect.stringContaining("'lookup'"),
      }),
    ]);
    expect(await start('export class xlator {', '/cache.js')).toMatchObject({
      isRunning: false,
      problems: [{ severity: 'error', file: '/cache.js', line: 1 }],
    });
    expect((await run('ls /p')).output).toBe('key');
  });

  it('a shell command on a file or directory that a module makes endless stops with an error', async () => {
    await run('mkdir /e; echo four > /e/file');
    const endless = `import { Translator } from 'glossa';
export class xlator extends Translator {
  readv(frame, fd, size) {
    frame.local = size;
    frame.wind();
  }
  readvCbk(frame, opRet, opErrno, vector, stbuf, xdata) {
    frame.unwind(frame.local, 0, new Uint8Array(frame.local), stbuf, xdata);
  }
  readdir(frame, fd, size, off) {
    frame.unwind(1, 0, [{ name: 'again', ino: 1, off: 7, type: 0 }], null);
  }
}
`;
    expect(await start(endless, '/cache.js')).toMatchObject({ isRunning: true });
    expect((await run('cat /e/file')).output).toMatch(/^\0+$/);
    expect(await run('ls /e')).toMatchObject({
      status: 1,
      output: expect.stringContaining('error'),
    });
    await start(negative('negative.py'));
    expect((await run('cat /e/file')).output).toBe('four');
  });

  it('a request that gets no reply is ended, with a message that names the request', async () => {
    await start(SILENT);
    const lost = await run('cat lost');
    expect(lost.output).toBe('cat: lost: Input/output error');
    expect(lost.log.join()).toMatch(/cache.py/);
    const kept = await run('cat kept');
    expect(kept.output).toContain('lookup of /kept was never answered');
    expect(kept.status).not.toBe(0);
    expect((await run('ls /p')).output).toBe('key');
  });
});
