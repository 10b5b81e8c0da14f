import { chmod, copyFile, readFile, rename, stat, symlink, truncate } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { INFO, type LogRecord, WARNING } from '../runtime/core/log.ts';
import { withScratch } from '../test/support/mount.ts';
import { findDefaultLogFile, makeLogFolder, openSink, TimeOfDay } from './log-sink.ts';

const line = (text: string, more: Partial<LogRecord> = {}): LogRecord => ({
  ...{ time: 0, level: INFO, file: 'a.ts', line: 1, func: 'f', graphId: 0, domain: 'q' },
  text,
  ...more,
});

/** The texts of log lines, without time, level and place. */
const texts = async (path: string): Promise<string[]> =>
  (await readFile(path, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((text) => text.replace(/^.*0-q: /, ''));

describe('the default log', () => {
  it.each([
    ['/mnt', 0, {}, '/var/log/glossa/mnt.log'],
    ['/mnt/a/b-c', 0, {}, '/var/log/glossa/mnt-a-b-c.log'],
    ['/', 0, {}, '/var/log/glossa/root.log'],
    ['/mnt/a', 0, { XDG_STATE_HOME: '/state' }, '/var/log/glossa/mnt-a.log'],
    ['/mnt/a', 0, { LOGS_DIRECTORY: '/logs' }, '/logs/mnt-a.log'],
    ['/mnt/a', 0, { LOGS_DIRECTORY: '/logs:/more' }, '/logs/mnt-a.log'],
    ['/mnt/a', 0, { LOGS_DIRECTORY: '' }, '/var/log/glossa/mnt-a.log'],
    ['/mnt/a', 1000, { HOME: '/home/me', LOGS_DIRECTORY: '/logs' }, '/logs/mnt-a.log'],
    ['/mnt/a', 1000, { HOME: '/home/me' }, '/home/me/.local/state/glossa/mnt-a.log'],
    ['/mnt/a', 1000, { HOME: '/home/me', XDG_STATE_HOME: '/state' }, '/state/glossa/mnt-a.log'],
    [
      '/mnt/a',
      1000,
      { HOME: '/home/me', XDG_STATE_HOME: '' },
      '/home/me/.local/state/glossa/mnt-a.log',
    ],
  ])('for a mount at %s by user %i with %j is %4$s', (mountpoint, uid, env, expected) => {
    expect(findDefaultLogFile(mountpoint, { uid, env })).toBe(expected);
  });

  it('is in the folder of the test run for a server that a test starts', () => {
    expect(findDefaultLogFile('/mnt')).toMatch(/\/glossa-tests-\w+\/logs\/mnt\.log$/);
  });
});

describe('a log file', () => {
  it('is appended to, and readable by its owner alone', () =>
    withScratch(async (scratch) => {
      const path = scratch.at('state', 'a.log');
      makeLogFolder(path);
      openSink(path, { colour: false }).write('', line('one'));
      openSink(path, { colour: true }).write('', line('two'));
      expect(await texts(path)).toEqual(['one', 'two']);
      expect((await stat(path)).mode & 0o777).toBe(0o600);
    }));

  it('is created again by reopen after it was moved away', () =>
    withScratch(async (scratch) => {
      const path = scratch.at('a.log');
      const sink = openSink(path, { colour: false });
      sink.write('', line('one'));
      await rename(path, `${path}.1`);
      sink.write('', line('two'));
      sink.reopen();
      sink.write('', line('three'));
      expect(await texts(`${path}.1`)).toEqual(['one', 'two']);
      expect(await texts(path)).toEqual(['three']);
    }));

  it('is continued at its start after it was copied and truncated', () =>
    withScratch(async (scratch) => {
      const path = scratch.at('a.log');
      const sink = openSink(path, { colour: false });
      sink.write('', line('one'));
      await copyFile(path, `${path}.1`);
      await truncate(path);
      sink.write('', line('two'));
      expect(await texts(`${path}.1`)).toEqual(['one']);
      expect(await texts(path)).toEqual(['two']);
      expect(await readFile(path)).not.toContain(0);
    }));

  it('stays the same file when reopen fails', () =>
    withScratch(async (scratch) => {
      const path = await scratch.makeFolder('logs').then((folder) => `${folder}/a.log`);
      const sink = openSink(path, { colour: false });
      sink.write('', line('one'));
      await rename(scratch.at('logs'), scratch.at('moved'));
      expect(() => sink.reopen()).toThrow('No such file or directory');
      sink.write('', line('two'));
      expect(await texts(scratch.at('moved/a.log'))).toEqual(['one', 'two']);
    }));

  it('gets the count of a repeated message before reopen begins another file', () =>
    withScratch(async (scratch) => {
      const path = scratch.at('a.log');
      const sink = openSink(path, { colour: false });
      for (const time of [1000, 2000, 3000]) sink.write('', line('x', { time, msgid: 200001 }));
      await rename(path, `${path}.1`);
      sink.reopen();
      sink.write('', line('x', { time: 4000, msgid: 200001 }));
      expect(await readFile(`${path}.1`, 'utf8')).toBe(
        '[1970-01-01 00:00:01.000000 +0000] I [MSGID: 200001] [a.ts:1:f] 0-q: x\n' +
          'The message "I [MSGID: 200001] [a.ts:1:f] 0-q: x" repeated 2 times between ' +
          '[1970-01-01 00:00:01.000000 +0000] and [1970-01-01 00:00:03.000000 +0000]\n',
      );
      expect(await texts(path)).toEqual(['x']);
    }));

  it('turns over at its size as written, also in JSON of quotes, backslashes and control characters', () =>
    withScratch(async (scratch) => {
      const path = scratch.at('a.log');
      const fileBytes = 2000;
      // 30 characters, which take 100 bytes in JSON.
      const text = '"\\\u0001'.repeat(10);
      const sink = openSink(path, { colour: false, format: 'json', fileBytes, bufSize: 0 });
      const lineBytes = Buffer.byteLength(JSON.stringify(text)) - 2;
      expect(lineBytes).toBe(100);
      for (let count = 0; count < 50; count++) sink.write('', line(text));
      sink.close();
      const { size } = await stat(`${path}.old`);
      const [written] = (await readFile(path, 'utf8')).split('\n');
      const wholeBytes = written!.length + 1;
      expect(wholeBytes).toBeGreaterThan(lineBytes);
      expect(size).toBeGreaterThanOrEqual(fileBytes);
      expect(size).toBeLessThan(fileBytes + wholeBytes);
      expect(JSON.parse(written!).message).toBe(text);
    }));

  it('has the format json or no-msg-id on request', () =>
    withScratch(async (scratch) => {
      const record = line('x\ny\n', {
        ...{ time: 1500.5, level: WARNING, msgid: 200001, errno: 2, pairs: { path: 'a"\n' } },
      });
      const json = openSink(scratch.at('json'), { colour: false, format: 'json' });
      for (let at = 0; at < 3; at++) json.write('', record);
      json.flush();
      const documents = (await readFile(scratch.at('json'), 'utf8')).trimEnd().split('\n');
      const first = {
        ...{ time: '1970-01-01T00:00:01.500500Z', level: 'WARNING', msgid: 200001 },
        ...{ file: 'a.ts', line: 1, function: 'f', graph: 0, domain: 'q', message: 'x\ny' },
        ...{ errno: 2, error: 'No such file or directory', pairs: { path: 'a"\n' } },
      };
      expect(documents.map((text) => JSON.parse(text))).toEqual([
        first,
        { ...first, repeated: 2, since: first.time },
      ]);
      const plain = openSink(scratch.at('plain'), { colour: false, format: 'no-msg-id' });
      for (let at = 0; at < 2; at++) plain.write('', line('x', { msgid: 200001 }));
      expect(await readFile(scratch.at('plain'), 'utf8')).toBe(
        '[1970-01-01 00:00:00.000000 +0000] I [a.ts:1:f] 0-q: x\n'.repeat(2),
      );
    }));

  it('behind a symbolic link is refused in a folder that every user can write', () =>
    withScratch(async (scratch) => {
      const victim = await scratch.writeFile('victim', 'precious');
      const folder = await scratch.makeFolder('folder');
      const path = scratch.at('folder/a.log');
      await symlink(victim, path);
      await chmod(folder, 0o1777);
      expect(() => openSink(path, { colour: false })).toThrow(
        `cannot write the log ${path}: it is a symbolic link, which is not followed`,
      );
      await chmod(folder, 0o755);
      openSink(path, { colour: false }).write('', line('mine'));
      expect(await readFile(victim, 'utf8')).toMatch(/^precious\[.*mine\n$/);
    }));

  it('in a missing folder is refused with the reason and the option that moves it', () =>
    withScratch(async (scratch) => {
      const path = scratch.at('no', 'a.log');
      expect(() => openSink(path, { colour: false })).toThrow(
        `cannot write the log ${path}: No such file or directory; --log-file names another place`,
      );
      const below = `${await scratch.writeFile('file', '')}/a.log`;
      expect(() => makeLogFolder(below)).toThrow(/cannot write the log .*: (File exists|Not a)/);
    }));
});

describe('TimeOfDay', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'performance'] }));
  afterEach(() => void vi.useRealTimers());

  it('follows the system’s clock when that is set', () => {
    const clock = new TimeOfDay();
    for (const time of ['2026-01-01T00:00:00Z', '2031-05-05T05:05:05Z', '2020-02-02T02:02:02Z']) {
      vi.setSystemTime(new Date(time));
      clock.now();
      vi.advanceTimersByTime(1500);
      expect(Math.abs(clock.now() - Date.now())).toBeLessThan(2);
    }
  });
});
