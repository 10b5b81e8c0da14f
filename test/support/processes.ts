/** Reads the processes of this machine from /proc. */
import { readdirSync, readFileSync } from 'node:fs';

/** Ids of the processes whose command line, joined by blanks, matches. */
export function findProcesses(pattern: RegExp): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && pattern.test(readCommandLine(name)))
    .map(Number);
}

function readCommandLine(id: string): string {
  try {
    return readFileSync(`/proc/${id}/cmdline`, 'latin1').replaceAll('\0', ' ');
  } catch {
    // The process has ended since the listing.
    return '';
  }
}
