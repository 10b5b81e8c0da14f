/** Sends a translator's invalidations to the host (bridges/host/crossing/decision.ts). */
import { host, stringify } from './host.ts';
import { Fd, Inode, Loc } from './inode.ts';
import { nameType } from './values.ts';

/** Options of Translator.invalidate. */
export interface Invalidation {
  /** For an inode: false invalidates its attributes only, and keeps its data. */
  readonly data?: boolean;
  /**
   * For a name: true only makes the kernel look it up again, because programs may still use entries
   * below it.
   */
  readonly expire?: boolean;
  /**
   * For a name that was removed: the inode to which it led; programs that watch the file are told.
   */
  readonly removed?: Inode | string;
}

/**
 * Implements Translator.invalidate.
 * @param target a loc; an inode or fd; a directory, with a name; undefined for every entry
 * @param nameOrOptions the name in directory `target`, or the options
 * @param optionsAfterName the options if a name was given
 */
export function invalidate(
  target: unknown,
  nameOrOptions: unknown,
  optionsAfterName: Invalidation | undefined,
): void {
  const hasName = typeof nameOrOptions === 'string';
  const options = (hasName ? optionsAfterName : (nameOrOptions as Invalidation | undefined)) ?? {};
  const { data = true, expire = false, removed } = options;
  let object = target;
  let name = hasName ? nameOrOptions : null;
  if (target instanceof Loc) {
    if (hasName) throw new TypeError('invalidate takes a loc, or a directory and a name');
    name = target.name;
    object = name === null ? target.inode : target.parent;
  }
  if (object === undefined || object === null) {
    if (name !== null) throw new TypeError('invalidate needs the directory that the name is in');
    sendInvalidation('every-entry');
  } else if (name === null) {
    if (removed !== undefined || expire) throw new TypeError('expire and removed are about a name');
    sendInvalidation('inode', toInodeKey(object), data);
  } else if (removed !== undefined)
    sendInvalidation('removed', toInodeKey(object), name, toInodeKey(removed));
  else sendInvalidation('entry', toInodeKey(object), name, expire);
}

/** Returns the number of an inode, or of an fd's inode; returns a gfid unchanged. */
function toInodeKey(inode: unknown): number | string {
  if (inode instanceof Fd) return inode.inode.id;
  if (inode instanceof Inode) return inode.id;
  if (typeof inode === 'string') return inode;
  throw new TypeError(`an Inode, Fd, Loc or gfid was expected, not ${nameType(inode)}`);
}

/** Sends a message to the host. @throws {RangeError} if the host refuses it */
export function sendInvalidation(...message: unknown[]): void {
  try {
    host.invalidate(stringify(message));
  } catch (error) {
    throw new RangeError(`invalidate: ${(error as Error).message}`);
  }
}
