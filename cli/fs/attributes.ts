/** Formats the attributes of files, as lines for people and as JSON for programs. */
import { readFileSync } from 'node:fs';
import type { Iatt } from '../../runtime/core/iatt.ts';

/** The name of each file type, by ia_type. */
export const TYPE_NAMES = [
  ...['unknown', 'file', 'directory', 'link', 'block device', 'character device', 'fifo', 'socket'],
] as const;

/** Formats a time for JSON, in UTC with nanoseconds: `2026-01-31T12:34:56.123456789Z`. */
const formatIsoTime = (seconds: number, nanoseconds: number): string =>
  `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(nanoseconds).padStart(9, '0')}Z`;

/** Reads names of users or groups, by their ids, from a file such as /etc/passwd. */
function readNames(file: string): ReadonlyMap<number, string> {
  try {
    const rows = readFileSync(file, 'utf8').split('\n');
    return new Map(rows.map((row) => row.split(':')).map(([name, , id]) => [Number(id), name!]));
  } catch {
    // Without the file, ids are shown.
    return new Map();
  }
}

// Read at the first use.
let userNames: ReadonlyMap<number, string> | undefined;
let groupNames: ReadonlyMap<number, string> | undefined;

/** Returns the name of a user, or the id of a user without a name. */
export function formatUser(uid: number): string {
  userNames ??= readNames('/etc/passwd');
  return userNames.get(uid) ?? `${uid}`;
}

/** Returns the name of a group, or the id of a group without a name. */
export function formatGroup(gid: number): string {
  groupNames ??= readNames('/etc/group');
  return groupNames.get(gid) ?? `${gid}`;
}

/**
 * Formats a file as one line of JSON. A byte of a name that is not UTF-8 becomes `\udcXX`, as in
 * Python. @param target the target of a symbolic link
 */
export function formatJson(path: string, buf: Iatt, target?: string): string {
  return JSON.stringify({
    path,
    type: TYPE_NAMES[buf.iaType] ?? 'unknown',
    ...(target === undefined ? {} : { target }),
    size: buf.iaSize,
    blocks: buf.iaBlocks,
    mode: buf.iaProt.toString(8).padStart(4, '0'),
    nlink: buf.iaNlink,
    uid: buf.iaUid,
    gid: buf.iaGid,
    atime: formatIsoTime(buf.iaAtime, buf.iaAtimeNsec),
    mtime: formatIsoTime(buf.iaMtime, buf.iaMtimeNsec),
    ctime: formatIsoTime(buf.iaCtime, buf.iaCtimeNsec),
    gfid: buf.iaGfid,
  });
}
