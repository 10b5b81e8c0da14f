import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { NOBODY } from '../test/support/client.ts';
import {
  describeMounts,
  type GlossaSettings,
  runGlossa,
  type Scratch,
  startMount,
  withScratch,
} from '../test/support/mount.ts';
import { endUnmounter } from '../test/support/unmounter.ts';
import { prepareProgram } from '../test/support/user.ts';

const memory = 'volume mem\n    type storage/memory\nend-volume\n';
const isRoot = process.getuid?.() === 0;

interface Row {
  readonly mountpoint: string | null;
  readonly pid: number | null;
  readonly since: string | null;
}

/** The rows of the scratch folder's own mounts: others may be mounted beside them. */
async function list(scratch: Scratch, settings: GlossaSettings = {}): Promise<Row[]> {
  const { status, out } = await runGlossa(scratch, ['mounts', '--json'], settings);
  expect(status).toBe(0);
  const rows = JSON.parse(out) as Row[];
  return rows.filter(({ mountpoint }) => mountpoint?.startsWith(`${scratch.path}/`));
}

describeMounts('glossa mounts', () => {
  it('lists mount point, volfile, user, time and process of each mount', () =>
    withScratch(async (scratch) => {
      const before = Date.now();
      const mount = await startMount(scratch, memory, { name: 'a b' });
      const [row, ...others] = await list(scratch);
      expect(others).toEqual([]);
      expect(row).toEqual({
        what: 'mount',
        listens: [],
        mountpoint: mount.path,
        volfile: scratch.at('a b.vol'),
        user: expect.any(String),
        uid: process.getuid?.(),
        since: expect.any(String),
        pid: mount.child.pid,
        health: 'answers',
      });
      // To the second, and clocks of the machine and of the day may be a little apart.
      expect(Math.abs(Date.parse(row!.since!) - before)).toBeLessThan(60_000);
      const { out } = await runGlossa(scratch, ['mounts']);
      expect(out).toMatch(/^mount point or address +volfile +user +since +pid +health$/m);
      expect(out).toMatch(new RegExp(`^${mount.path} .* ${mount.child.pid} +answers$`, 'm'));
      await mount.stop();
      expect(await list(scratch)).toEqual([]);
    }));

  it('shows what a server reaches with --reach, as .meta and the statedump do', () =>
    withScratch(async (scratch) => {
      const data = await scratch.makeFolder('data');
      const volume = `volume disk\n    type storage/posix\n    option directory ${data}\nend-volume\n`;
      const meta = 'volume top\n    type meta\n    subvolumes disk\nend-volume\n';
      const mount = await startMount(scratch, volume + meta);
      const { out } = await runGlossa(scratch, ['mounts', '--reach', '--json']);
      const rows = JSON.parse(out) as { mountpoint: string; reach: unknown[] }[];
      const { reach } = rows.find(({ mountpoint }) => mountpoint === mount.path)!;
      const access = ['read', 'write'];
      expect(reach[0]).toEqual({ target: data, access, volume: 'disk', option: 'directory' });
      expect(reach).toContainEqual(expect.objectContaining({ volume: null, option: 'log' }));
      const dump = await runGlossa(scratch, ['stats', 'statedump', mount.path]);
      expect(dump.out).toContain(`\n[global.reach]\nreach[0]=${data} read,write disk directory\n`);
      const table = await runGlossa(scratch, ['mounts', '--reach']);
      expect(table.out).toContain(`\n\n${mount.path}\npath or address`);
      expect(JSON.parse(await readFile(`${mount.path}/.meta/reach`, 'utf8'))).toEqual(reach);
    }));

  it('shows stuck and dead mounts without hanging', () =>
    withScratch(async (scratch) => {
      const stuck = await startMount(scratch, memory, { name: 'stuck' });
      const dead = await startMount(scratch, memory, { name: 'dead' });
      await endUnmounter(dead.path);
      stuck.child.kill('SIGSTOP');
      dead.child.kill('SIGKILL');
      await dead.outcome;
      expect(await list(scratch)).toMatchObject([
        { mountpoint: stuck.path, pid: stuck.child.pid, health: 'stuck' },
        { mountpoint: dead.path, pid: null, since: null, health: 'dead' },
      ]);
    }));

  it.runIf(isRoot)(
    "shows process and user of another user's mount, and its health as unknown if it cannot be entered",
    () =>
      withScratch(async (scratch) => {
        const program = await prepareProgram(scratch, NOBODY);
        const mount = await startMount(scratch, memory, { args: ['--no-allow-other'] });
        const expected = { pid: mount.child.pid, uid: 0, user: 'root' };
        expect(await list(scratch)).toMatchObject([{ ...expected, health: 'answers' }]);
        expect(await list(scratch, program)).toMatchObject([{ ...expected, health: 'unknown' }]);
        const { err } = await runGlossa(scratch, ['mounts'], program);
        expect(err).toMatch(/'unknown' are those that do not let this user in/);
      }),
  );
});
