/** The calls that call-client.ts makes, and the content of their files. */

/**
 * A call on one of some files:
 * - `absent`: stat of a name that does not exist; `stat`: of a file
 * - `read`: open, read of the file's 4 KiB, close; `pread`: a whole file, which is open, past the kernel's cache
 * - `create`: open of a new file, close, unlink; `small`: the same with a write of 4 KiB
 * - `write`: open of a new file, write of 4 KiB, close; the unlink is not timed
 * - `names`: the directory's listing; `list`: as `ls -l`, with each name's attributes and ACL
 */
export const operations = [
  ...(['absent', 'stat', 'read', 'pread', 'create', 'small', 'write', 'names', 'list'] as const),
];
export type Operation = (typeof operations)[number];

/** The byte of which a file consists: different in each. */
export const byteOf = (file: number): number => (file % 251) + 1;
