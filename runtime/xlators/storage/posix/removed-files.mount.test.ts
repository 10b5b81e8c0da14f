/** Files removed behind a mount: the brick closes them without a lookup of the kernel. */
import * as fs from 'node:fs';
import { readlink, rm, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Client } from '../../../../test/support/client.ts';
import { describeMounts, startMount, withScratch } from '../../../../test/support/mount.ts';

/** The unlinked files of a brick that the process has open. */
async function kept(pid: number, brick: string): Promise<string[]> {
  const found: string[] = [];
  for (const fd of fs.readdirSync(`/proc/${pid}/fd`)) {
    const path = `/proc/${pid}/fd/${fd}`;
    // The process may close it at any time.
    const target = await readlink(path).catch(() => '');
    if (!target.startsWith(brick)) continue;
    const { nlink } = await stat(path).catch(() => ({ nlink: 1 }));
    if (nlink === 0) found.push(target.slice(brick.length + 1).replace(' (deleted)', ''));
  }
  return found.sort();
}

describeMounts('files removed behind a mount', () => {
  it('are closed by the server, or after their last close if a program has them open', () =>
    withScratch(async (scratch) => {
      const brick = await scratch.makeFolder('brick');
      const volfile = `volume disk
          type storage/posix
          option directory ${brick}
          option health-check-interval 1
        end-volume\n`;
      const mount = await startMount(scratch, volfile, { args: ['--entry-timeout', '600'] });
      const script = `mkdir -p d/e; seq 9 > d/f; ln -s f d/s; seq 5 > open; exec 3< open; cd d/e
        echo ready; read; cat <&3; ls -A | wc -l; stat -c %h .`;
      const client = new Client(mount.path, script);
      await client.waitForOutput(/ready/);
      for (const name of fs.readdirSync(brick)) await rm(`${brick}/${name}`, { recursive: true });
      const becomes = async (names: readonly string[]): Promise<void> => {
        const wanted = names.join();
        while ((await kept(mount.child.pid!, brick)).join() !== wanted) await delay(20);
      };
      // `open` has two descriptors: that of its fd and that of its inode.
      await becomes(['d', 'd/e', 'open', 'open']);
      client.release();
      expect((await client.outcome).out).toBe('ready\n1\n2\n3\n4\n5\n0\n0\n');
      await becomes([]);
      expect(await mount.stop()).toBe(0);
    }));
});
