/** Reads the limit of open files of this process, and words the message for when it is reached. */
import { readFileSync } from 'node:fs';

/** The kernel's default limit. */
const FALLBACK = 1024;
/** The limit that the message recommends: more than a large mount needs. */
const ADVISED = 65_536;

/** RLIMIT_NOFILE, read at start: without a free descriptor it could not be read. */
export const openFilesLimit = readLimit();

function readLimit(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'latin1');
    return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? FALLBACK);
  } catch {
    // No /proc, or no free descriptor.
    return FALLBACK;
  }
}

/** Message of one line: the limit, and how to raise it. */
export const tooManyOpenFiles =
  `too many open files: the limit is ${openFilesLimit} (ulimit -n); ` +
  `raise it with 'ulimit -n ${ADVISED}' or, for a service, LimitNOFILE=${ADVISED}`;
