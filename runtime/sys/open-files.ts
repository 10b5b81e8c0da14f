/** The limit of files that this process may have open at once, and the message when it is reached. */
import { readFileSync } from 'node:fs';

/** What the kernel grants every process at least. */
const FALLBACK = 1024;
/** More than a large mount needs. */
const ADVISED = 65_536;

/** RLIMIT_NOFILE. It is read now: when there are no more, it could not be read any more. */
export const openFilesLimit = readLimit();

function readLimit(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'latin1');
    return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? FALLBACK);
  } catch {
    // No /proc: another system, or not one descriptor is left.
    return FALLBACK;
  }
}

/** One line: which limit it is, and how it is raised. */
export const tooManyOpenFiles =
  `too many open files: the limit is ${openFilesLimit} (ulimit -n); ` +
  `raise it with 'ulimit -n ${ADVISED}' or, for a service, LimitNOFILE=${ADVISED}`;
