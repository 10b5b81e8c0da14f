/** A server whose starter mounts for it: what a hostile one gets, and what is left of one that is killed. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { makeProcessTerminal } from '../terminal/terminal.ts';
import { describeMounts, type Scratch, withScratch } from '../test/support/mount.ts';
import { findUnmounter } from '../test/support/unmounter.ts';
import { ChildServer } from './child-server.ts';

const terminal = makeProcessTerminal();
const WAIT = { timeout: 60_000 };

/** Starts a program as a server, which may ask for a mount. */
async function startProgram(
  scratch: Scratch,
  program: string,
  name = 'mnt',
): Promise<[ChildServer, string]> {
  const mountpoint = await scratch.makeFolder(name);
  writeFileSync(scratch.at('server.cjs'), program);
  const server = new ChildServer([], {
    isAttached: true,
    stderr: 'inherit',
    program: scratch.at('server.cjs'),
    place: { mountpoint },
    terminal,
  });
  return [server, mountpoint];
}

const ASK = `setInterval(() => {}, 1e6); process.send({ mount: { source: 'a', isRemote: false } });`;

describeMounts('a starter that mounts', () => {
  it('mounts once, where its command says, and nowhere that a hostile server names', () =>
    withScratch(async (scratch) => {
      const other = await scratch.makeFolder('other');
      const wish = { source: 'a\nb', isRemote: false, mountpoint: other, suid: true, dev: true };
      const [server, mountpoint] = await startProgram(
        scratch,
        `setInterval(() => {}, 1e6);
        for (let i = 0; i < 3; i++) process.send({ mount: ${JSON.stringify(wish)} });
        process.once('message', () => process.send({ ready: true }));`,
      );
      expect(await server.whenReady).toBe(true);
      const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
      const ours = mounts.filter((line) => line.includes(scratch.path));
      expect(ours).toEqual([
        expect.stringMatching(`^a.012b ${mountpoint} fuse.glossa rw,nosuid,nodev,`),
      ]);
      // The unmounter is no child of the server, which may not be allowed to have one.
      await vi.waitFor(() => {
        const stat = readFileSync(`/proc/${findUnmounter(mountpoint)}/stat`, 'utf8');
        expect(stat).toContain(`(sh) S ${process.pid} `);
      }, WAIT);
      server.kill('SIGKILL');
      await vi.waitFor(() => expect(findUnmounter(mountpoint)).toBeUndefined(), WAIT);
      expect(scratch.findMounts()).toEqual([]);
    }));

  it('leaves no mount and no process of 100 servers that are killed', () =>
    withScratch(async (scratch) => {
      const mountpoints: string[] = [];
      for (let i = 0; i < 100; i++) {
        // Killed while the starter mounts, when it has mounted, or a while later.
        const end = [
          'process.send({ ready: true });',
          `process.on('message', () => process.send({ ready: true }));`,
          `process.on('message', () => setTimeout(() => process.send({ ready: true }), 5));`,
        ][i % 3];
        const [server, mountpoint] = await startProgram(scratch, ASK + end, `mnt${i}`);
        mountpoints.push(mountpoint);
        expect(await server.whenReady).toBe(true);
        server.kill('SIGKILL');
        await server.whenExited;
      }
      await vi.waitFor(() => {
        expect(scratch.findMounts()).toEqual([]);
        expect(mountpoints.map(findUnmounter)).toEqual(mountpoints.map(() => undefined));
      }, WAIT);
    }));
});
