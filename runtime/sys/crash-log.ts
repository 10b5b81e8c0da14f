/**
 * Holds the log for the last message of a process that must exit at once, because a module's call cannot be ended.
 * `log` is a path, `-` for standard error, or null if glossa may not end the process. Commands set it at their start.
 */
export const crashLog: { log: string | null } = { log: null };
