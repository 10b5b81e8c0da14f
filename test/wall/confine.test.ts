/** `glossa brick --confine`: what it needs works inside, and what it cannot keep is refused by name. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { koffiPath } from '../../runtime/sys/koffi.ts';
import { findLandlock } from '../../server/wall/confinement.ts';
import {
  type GlossaSettings,
  preloadOption,
  runGlossa,
  type Scratch,
  withScratch,
} from '../support/mount.ts';

/** The call by which Landlock is asked for, the same on all machines. */
const LANDLOCK_CREATE_RULESET = 444;

const DISK = 'volume disk\n  type storage/posix\n  option directory data\nend-volume\n';
/** A volume `disk` that is the one of a brick at a port. */
const makeClient = (port: number): string =>
  `volume disk\n  type protocol/client\n  option remote-host 127.0.0.1\n  option remote-port ${port}\n` +
  '  option remote-subvolume disk\nend-volume\n';

/** Writes the volfile of a brick, and returns the arguments that serve it. */
async function prepare(scratch: Scratch, disk = DISK): Promise<string[]> {
  for (const folder of ['data', 'logs', 'run']) await scratch.makeFolder(folder);
  const volfile = await scratch.writeFile(
    'b.vol',
    `${disk}volume brick\n  type protocol/server\n  option transport.socket.listen-port 0\n` +
      '  option auth.addr.disk.allow 127.0.0.1\n  subvolumes disk\nend-volume\n',
  );
  return ['brick', volfile, '-l', scratch.at('logs/log')];
}

/** Settings under which a call of the kernel fails with an errno, by a filter as a container has it. */
const withFilter = (call: number, errno: number): GlossaSettings => ({
  env: {
    NODE_OPTIONS: preloadOption(join(import.meta.dirname, 'seccomp-filter.cjs')),
    GLOSSA_FILTERED: `${call}`,
    GLOSSA_FILTERED_ERRNO: `${errno}`,
    GLOSSA_KOFFI: koffiPath,
  },
});

const LANDLOCK = findLandlock();

describe.skipIf(typeof LANDLOCK === 'string')('glossa brick --confine', () => {
  /** Serves a brick inside; `end` ends it, as `glossa umount` does. */
  const serve = async (scratch: Scratch, disk = DISK, settings: GlossaSettings = {}) => {
    const args = await prepare(scratch, disk);
    const pidFile = scratch.at('run/pid');
    const started = await runGlossa(scratch, [...args, '--confine', '-p', pidFile], settings);
    expect(started).toMatchObject({ status: 0, err: '' });
    const pid = Number(readFileSync(pidFile, 'utf8'));
    const end = async (): Promise<void> => {
      expect((await runGlossa(scratch, ['umount', String(pid)])).status).toBe(0);
      while (existsSync(`/proc/${pid}/exe`)) await delay(20);
    };
    const port = Number(/:(\d+)/.exec(started.out)![1]);
    return { pid, pidFile, end, port, log: readFileSync(scratch.at('logs/log'), 'utf8') };
  };

  it('says in the first lines of the log which walls stand', () =>
    withScratch(async (scratch) => {
      const { log, end } = await serve(scratch);
      expect(log.split('\n')[1]).toContain('the kernel keeps this server: files');
      await end();
    }));

  it('a server that connects to another, both inside, answers commands, and empties its pid file', () =>
    withScratch((far) =>
      withScratch(async (scratch) => {
        const farBrick = await serve(far);
        const { pid, pidFile, end } = await serve(scratch, makeClient(farBrick.port));
        const { out } = await runGlossa(scratch, ['mounts', '--json']);
        const pids = (JSON.parse(out) as { pid: number }[]).map((row) => row.pid);
        expect(pids).toEqual(expect.arrayContaining([pid, farBrick.pid]));
        await end();
        await farBrick.end();
        expect(readFileSync(pidFile, 'utf8')).toBe('');
      }),
    ));

  it('works where a filter of system calls is active, as in a container', () =>
    withScratch(async (scratch) => {
      const { end } = await serve(scratch, DISK, withFilter(9999, 1));
      await end();
    }));

  it.each([
    [38, 'ENOSYS'],
    [95, 'EOPNOTSUPP'],
  ])('fails on a kernel whose Landlock says %i', (errno, name) =>
    withScratch(async (scratch) => {
      const args = await prepare(scratch);
      const settings = withFilter(LANDLOCK_CREATE_RULESET, errno);
      expect(await runGlossa(scratch, [...args, '--confine'], settings)).toMatchObject({
        status: 1,
        err: expect.stringContaining(`--confine: the kernel has no Landlock (${name})`),
      });
      expect(existsSync(scratch.at('logs/log'))).toBe(false);
    }),
  );

  it.each([
    [['--no-confine'], 'use either --confine or --no-confine, not both'],
    [['-N'], '--confine is for daemons'],
    [['--allow-shell'], 'a confined server starts no shell'],
  ])('is refused with %s', (flags, message) =>
    withScratch(async (scratch) => {
      const args = await prepare(scratch);
      const { status, err } = await runGlossa(scratch, [...args, '--confine', ...flags]);
      expect(status).not.toBe(0);
      expect(err).toContain(message);
    }),
  );

  it('a wrong volfile is refused as without the wall', () =>
    withScratch(async (scratch) => {
      const args = await prepare(scratch, 'volume disk\n  type no/such\nend-volume\n');
      const inside = await runGlossa(scratch, [...args, '--confine']);
      expect(inside.status).toBe(1);
      expect(inside).toEqual(await runGlossa(scratch, args));
    }));
});
