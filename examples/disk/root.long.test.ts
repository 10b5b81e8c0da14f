/** A Debian root on a disk of the example, whose server is killed again and again; takes half an hour. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { Client } from '../../test/support/client.ts';
import { describeDisks } from '../../test/support/disk.ts';
import { DiskProgram, end } from '../../test/support/disk-program.ts';
import { mountPoints } from '../../test/support/mount.ts';
import { findMissing, skipFor } from '../../test/support/tools.ts';

/** Kills of the server. */
const KILLS = 100;
/** Longest time between the begin of the work and a kill: about that of two installations and a removal. */
const MAX_DELAY_MS = 3000;
/** Steps of the work that must succeed after a restart of the server. */
const STEPS_AFTER = 2;
/** Seconds for which qemu waits for a server. */
const RECONNECT_SECONDS = 60;
/** Packages whose files are compared with their checksums in each round, chosen at random; and in the last one. */
const PACKAGES = 8;
const ALL_PACKAGES = 10_000;
/** Longest that a round may take. */
const PATIENCE_MS = 200_000;
const SCRIPT = join(packageRoot, 'test/support/disk-root.sh');
/** Ends with all its processes, mounts and loop devices when the client is killed, or its parent ends. */
const ISOLATE =
  'exec setpriv --pdeathsig KILL unshare --mount --propagation private --pid --fork --kill-child --mount-proc --';

const randomDelay = (): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.random() * MAX_DELAY_MS));

/** Makes the root, or finds one that was made before. @returns its path */
function makeRoot(folder: string): string {
  const made = process.env.GLOSSA_BARE_SYSTEM;
  if (made !== undefined) return made;
  const root = join(folder, 'system');
  execFileSync(join(packageRoot, 'tools/bare-root.sh'), ['make', root], { stdio: 'inherit' });
  if (!existsSync(root)) skipFor('a Debian root cannot be made here');
  return root;
}

/** Lists the loop devices and mounts of a folder. */
function listLeftovers(folder: string): string[] {
  const files = readdirSync('/sys/block')
    .map((device) => join('/sys/block', device, 'loop/backing_file'))
    .filter((path) => existsSync(path));
  const backing = files.map((path) => readFileSync(path, 'utf8').trim());
  return [...backing, ...mountPoints()].filter((path) => path.startsWith(folder));
}

/** Reads the errors of the work. */
function readErrors(folder: string): string {
  const path = join(folder, 'changes.txt');
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

/** Folders whose loop devices and mounts must have ended. */
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) expect(listLeftovers(folder)).toEqual([]);
});

describeDisks('a disk with a Debian root', ['ext4'], () => {
  it(
    'fscks clean and has all that was synced, after kill -9 of its server at any time',
    async () => {
      skipFor(findMissing('qemu-storage-daemon\nfsck.ext4'));
      const program = new DiskProgram();
      const { folder } = program;
      folders.push(folder);
      const run = (...args: string[]): Client => {
        const command = [ISOLATE, 'bash', SCRIPT, ...args].join(' ');
        return new Client(folder, command, { patience: PATIENCE_MS });
      };
      const stop = join(folder, 'stop');
      await program.run('create', '2G');
      let server = await program.serve('host');
      const installation = await run('install', folder, makeRoot(folder)).outcome;
      expect(installation.status, installation.err).toBe(0);
      for (let kill = 0; kill <= KILLS; kill += 1) {
        const isLast = kill === KILLS;
        // In every other round the machine goes down with its disk; in the others it waits for the server.
        const survives = kill % 2 === 1 || isLast;
        const delay = String(survives ? RECONNECT_SECONDS : 0);
        const machine = run('work', folder, delay, String(isLast ? ALL_PACKAGES : PACKAGES));
        await machine.waitForOutput(/^working/m);
        await randomDelay();
        if (!isLast) await end(server);
        if (survives) {
          if (!isLast) server = await program.serve('host');
          const steps = machine.out.split('step').length - 1;
          await machine.waitForOutput(new RegExp(`(step[^]*){${steps + STEPS_AFTER}}`));
          writeFileSync(stop, '');
        }
        const { status, out, err } = await machine.outcome;
        rmSync(stop, { force: true });
        const message = `kill ${kill}: ${out}${err}${readErrors(folder)}`;
        expect(status, message).toBe(0);
        expect(out, message).toContain(survives ? 'stopped' : 'failed');
        if (!survives) server = await program.serve('host');
      }
    },
    (KILLS + 3) * PATIENCE_MS,
  );
});
