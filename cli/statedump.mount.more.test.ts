import { open, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { OTHER } from '../test/support/client.ts';
import { describeMounts, runGlossa, startMount, withScratch } from '../test/support/mount.ts';
import { isRoot } from '../test/support/posix.ts';
import { prepareProgram } from '../test/support/user.ts';

const stack = `volume mem
    type storage/memory
end-volume
volume top
    type features/negative
    option limit 100
    subvolumes mem
end-volume
`;

describeMounts('glossa stats statedump', () => {
  it('prints the inodes, open files and volumes of a mount as text or JSON', () =>
    withScratch(async (scratch) => {
      const mount = await startMount(scratch, stack);
      for (let at = 0; at < 400; at++) await writeFile(join(mount.path, `file-${at}`), '');
      const file = await open(join(mount.path, 'file-7'));
      try {
        const text = await runGlossa(scratch, ['stats', 'statedump', 'mnt']);
        expect(text).toMatchObject({ status: 0, err: '' });
        expect(text.out).toMatch(/^DUMP-START-TIME: 20/);
        expect(text.out).toMatch(/\nDUMP-END-TIME: 20.*\n$/);
        expect(text.out).toMatch('\n[xlator.features.negative.top]\noption.limit=100\n');
        expect(text.out).toMatch(`\nmountpoint=${mount.path}\n`);
        const json = await runGlossa(scratch, ['stats', 'statedump', 'mnt', '--json']);
        expect(json).toMatchObject({ status: 0, err: '' });
        const dump = JSON.parse(json.out);
        expect(dump.process).toMatchObject({ pid: mount.child.pid, mountpoint: mount.path });
        expect(dump.inodes.count).toBe(401);
        expect(dump.inodes.listed).toHaveLength(401);
        expect(dump.fds).toMatchObject({ count: 1, listed: [{ path: '/file-7', isDir: false }] });
        // The question itself makes no request.
        expect(dump.callpool).toMatchObject({ count: 0, listed: [] });
      } finally {
        await file.close();
      }
      expect(await mount.stop()).toBe(0);
    }));

  it("is also written at SIGUSR1, into a file that only the server's user can read", () =>
    withScratch(async (scratch) => {
      const folder = scratch.at('dumps');
      const mount = await startMount(scratch, stack, { args: ['--statedump-path', folder] });
      mount.child.kill('SIGUSR1');
      await vi.waitFor(() => expect(mount.log()).toMatch('wrote the statedump'), 50_000);
      const names = await readdir(folder);
      expect(names).toEqual([
        expect.stringMatching(RegExp(`^glusterdump\\.${mount.child.pid}\\.dump\\.\\d{10}$`)),
      ]);
      const path = join(folder, names[0]!);
      expect(mount.log()).toMatch(`: wrote the statedump ${path}\n`);
      expect((await stat(path)).mode & 0o777).toBe(0o600);
      expect((await stat(folder)).mode & 0o777).toBe(0o700);
      expect(await readFile(path, 'utf8')).toMatch(/\[global\.callpool\][\s\S]*\nDUMP-END-TIME: /);
      await writeFile(join(mount.path, 'still'), 'served');
      expect(await mount.stop()).toBe(0);
    }));

  it('refuses to write its file into the mount itself', () =>
    withScratch(async (scratch) => {
      await scratch.writeFile('a.vol', stack);
      const point = await scratch.makeFolder('mnt');
      const args = ['mount', '-N', '--statedump-path', 'mnt/dumps', '-l', 'log', 'a.vol', 'mnt'];
      const { status, err } = await runGlossa(scratch, args);
      expect([status, err]).toEqual([
        1,
        expect.stringMatching(`is inside the mount point ${point}`),
      ]);
    }));

  it.runIf(isRoot)('fails for users other than root and the user who mounted', () =>
    withScratch(async (scratch) => {
      const other = await prepareProgram(scratch, OTHER);
      const mount = await startMount(scratch, stack);
      expect(await runGlossa(scratch, ['stats', 'statedump', 'mnt'], other)).toMatchObject({
        status: 1,
        out: '',
        err: 'glossa: only root and the user who mounted mnt may ask its server\n',
      });
      expect(await mount.stop()).toBe(0);
    }),
  );

  it('fails for a folder without a mount of glossa', () =>
    withScratch(async (scratch) => {
      expect(await runGlossa(scratch, ['stats', 'statedump', '.'])).toMatchObject({
        status: 1,
        err: 'glossa: . is not a mount of glossa: nothing is mounted there\n',
      });
    }));
});
