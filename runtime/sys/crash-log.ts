/**
 * Holds the log for the last message of a process that must exit at once, because a module's call cannot be ended.
 * `target` is a path, or `-` for standard error. It is null where glossa runs inside another program, and must not end
 * the process. Commands set it at their start.
 */
export const crashLog: { target: string | null } = { target: null };
