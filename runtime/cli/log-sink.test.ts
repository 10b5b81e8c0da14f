import { chmod, readFile, rename, stat, symlink } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withScratch } from '../../test/support/mount.ts';
import { defaultLogFile, makeLogFolder, openSink, TimeOfDay } from './log-sink.ts';

describe('the default log', () => {
  it.each([
    ['/mnt', 0, {}, '/var/log/glossa/mnt.log'],
    ['/mnt/a/b-c', 0, {}, '/var/log/glossa/mnt-a-b-c.log'],
    ['/', 0, {}, '/var/log/glossa/root.log'],
    ['/mnt/a', 0, { XDG_STATE_HOME: '/state' }, '/var/log/glossa/mnt-a.log'],
    ['/mnt/a', 1000, { HOME: '/home/me' }, '/home/me/.local/state/glossa/mnt-a.log'],
    ['/mnt/a', 1000, { HOME: '/home/me', XDG_STATE_HOME: '/state' }, '/state/glossa/mnt-a.log'],
    [
      '/mnt/a',
      1000,
      { HOME: '/home/me', XDG_STATE_HOME: '' },
      '/home/me/.local/state/glossa/mnt-a.log',
    ],
  ])('of %s for user %i with %j is %4$s', (mountpoint, uid, env, expected) => {
    expect(defaultLogFile(mountpoint, { uid, env })).toBe(expected);
  });
});

describe('a log file', () => {
  it('grows, for its owner alone', () =>
    withScratch(async (scratch) => {
      const path = scratch.at('state', 'a.log');
      makeLogFolder(path);
      openSink(path, false).write('one');
      openSink(path, true).write('two');
      expect(await readFile(path, 'utf8')).toBe('one\ntwo\n');
      expect((await stat(path)).mode & 0o777).toBe(0o600);
    }));

  it('is made anew when it was moved away', () =>
    withScratch(async (scratch) => {
      const path = scratch.at('a.log');
      const sink = openSink(path, false);
      sink.write('one');
      await rename(path, `${path}.1`);
      sink.write('two');
      sink.reopen();
      sink.write('three');
      expect(await readFile(`${path}.1`, 'utf8')).toBe('one\ntwo\n');
      expect(await readFile(path, 'utf8')).toBe('three\n');
    }));

  it('is not the file that somebody else’s link leads to', () =>
    withScratch(async (scratch) => {
      const victim = await scratch.file('victim', 'precious');
      const folder = await scratch.folder('folder');
      const path = scratch.at('folder/a.log');
      await symlink(victim, path);
      await chmod(folder, 0o1777);
      expect(() => openSink(path, false)).toThrow(
        `cannot write the log ${path}: it is a symbolic link, which is not followed`,
      );
      await chmod(folder, 0o755);
      openSink(path, false).write('mine');
      expect(await readFile(victim, 'utf8')).toBe('preciousmine\n');
    }));

  it('says why it cannot be written', () =>
    withScratch(async (scratch) => {
      const path = scratch.at('no', 'a.log');
      expect(() => openSink(path, false)).toThrow(
        `cannot write the log ${path}: No such file or directory; --log-file names another place`,
      );
      const below = `${await scratch.file('file', '')}/a.log`;
      expect(() => makeLogFolder(below)).toThrow(/cannot write the log .*: (File exists|Not a)/);
    }));
});

describe('the clock', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'performance'] }));
  afterEach(() => void vi.useRealTimers());

  it('follows when the time is set', () => {
    const clock = new TimeOfDay();
    for (const time of ['2026-01-01T00:00:00Z', '2031-05-05T05:05:05Z', '2020-02-02T02:02:02Z']) {
      vi.setSystemTime(new Date(time));
      clock.now();
      vi.advanceTimersByTime(1500);
      expect(Math.abs(clock.now() - Date.now())).toBeLessThan(2);
    }
  });
});
