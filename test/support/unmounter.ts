/** Ends the process that takes a mount away when its server has ended, so that a dead mount stays for a test. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, vi } from 'vitest';
import { findProcess } from '../../runtime/mount/server-process.ts';

/** Finds the unmounter of a mount; undefined without one. */
export function findUnmounter(mountpoint: string): number | undefined {
  const pid = readdirSync('/proc').find((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    try {
      const args = readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0');
      return args.includes('mount-broker') && args.includes(mountpoint);
    } catch {
      // It has ended meanwhile.
      return false;
    }
  });
  return pid === undefined ? undefined : Number(pid);
}

const PATIENCE = { timeout: 60_000 };

/** Ends the unmounter of a mount, and waits until it no longer holds the connection open. */
export async function endUnmounter(mountpoint: string): Promise<void> {
  const pid = await vi.waitFor(() => {
    const found = findUnmounter(mountpoint);
    if (found === undefined) throw new Error(`${mountpoint} has no unmounter`);
    return found;
  }, PATIENCE);
  process.kill(pid, 'SIGKILL');
  await vi.waitFor(() => expect(findProcess(pid)).toBe(null), PATIENCE);
}
