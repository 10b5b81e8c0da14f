/**
 * Holds where to log the last message before glossa ends its process, because a module's call cannot be interrupted:
 * `target` is a path, or `-` for standard error. Commands set it at their start. Null means that glossa runs inside
 * another program, whose process it must not end.
 */
export const crashLog: { target: string | null } = { target: null };
