/**
 * The destination of the last message of a process that must exit at once: a log's path, `-` for standard error, or
 * null where glossa may not end the process.
 */
export const crashLog: { log: string | null } = { log: null };
