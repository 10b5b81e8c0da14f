/** Ends the process that takes a mount away when its server has ended, so that a dead mount stays for a test. */
import { readdirSync, readFileSync } from 'node:fs';
import { vi } from 'vitest';

/** Finds the unmounter of a mount; undefined without one. */
export function findUnmounter(mountpoint: string): number | undefined {
  const pid = readdirSync('/proc').find((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    try {
      const args = readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0');
      return args.includes('orphan-unmounter') && args.includes(mountpoint);
    } catch {
      // It has ended meanwhile.
      return false;
    }
  });
  return pid === undefined ? undefined : Number(pid);
}

/** Ends the unmounter of a mount, which may start only now. */
export const endUnmounter = (mountpoint: string): Promise<void> =>
  vi.waitFor(
    () => {
      const pid = findUnmounter(mountpoint);
      if (pid === undefined) throw new Error(`${mountpoint} has no unmounter`);
      process.kill(pid, 'SIGKILL');
    },
    { timeout: 60_000 },
  );
