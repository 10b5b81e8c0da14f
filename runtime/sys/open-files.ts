/** Reads this process's limit of open files, and makes the message for a process that has reached it. */
import { readFileSync } from 'node:fs';

/** The kernel's default limit. */
const DEFAULT_LIMIT = 1024;
/** The limit that the message recommends: more than a large mount needs. */
const RECOMMENDED_LIMIT = 65_536;

/** RLIMIT_NOFILE. It is read at the start, because a process without a free descriptor cannot read it. */
export const openFilesLimit = readLimit();

function readLimit(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'latin1');
    return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? DEFAULT_LIMIT);
  } catch {
    // No /proc, or no free descriptor.
    return DEFAULT_LIMIT;
  }
}

/** The message, one line: the limit, and how to raise it. */
export const tooManyOpenFilesMessage =
  `too many open files: the limit is ${openFilesLimit} (ulimit -n); ` +
  `raise it with 'ulimit -n ${RECOMMENDED_LIMIT}' or, for a service, LimitNOFILE=${RECOMMENDED_LIMIT}`;
