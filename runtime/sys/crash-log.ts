/**
 * Holds the destination of the last message of a process that must exit at once, because a module's call cannot be
 * ended: a log's path, `-` for standard error, or null where glossa may not end the process. The command line sets it.
 */
export const crashLog: { log: string | null } = { log: null };
