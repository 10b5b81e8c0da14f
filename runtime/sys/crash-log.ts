/**
 * The place for the last words of a process that has to end in the middle of something: a log's path, `-` for standard
 * error, or null where the process is not glossa's own to end.
 */
export const crashLog: { log: string | null } = { log: null };
