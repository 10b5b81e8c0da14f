/**
 * Caches one inode's extended attributes for md-cache: for each name the reply of getxattr, or null if it is absent.
 *
 * A client may request any number of names that match a pattern in `xattr-cache-list`. So an inode's entries take at
 * most `MAX_XATTR_BYTES` bytes; the oldest are evicted.
 */
import type { Dict, DictValue } from '../../../core/dict.ts';

/** Approximate bytes of an entry besides its name and value. */
const ENTRY_OVERHEAD_BYTES = 128;
/** Most bytes of one inode's entries: Linux's limit for one value. */
export const MAX_XATTR_BYTES = 64 * 1024;
/** Approximate bytes of a value that is neither text nor bytes. */
const OTHER_VALUE_BYTES = 8;

const countValueBytes = (value: DictValue): number =>
  typeof value === 'string' || value instanceof Uint8Array ? value.length : OTHER_VALUE_BYTES;

/** Estimates the memory of an entry. */
function countEntryBytes(name: string, reply: Dict | null): number {
  let bytes = ENTRY_OVERHEAD_BYTES + name.length;
  reply?.forEach((_name, value) => {
    bytes += countValueBytes(value);
  });
  return bytes;
}

/** The extended attributes of one inode. */
export class XattrCache {
  /** Bytes of all entries. */
  bytes = 0;
  private readonly replies = new Map<string, Dict | null>();

  /** Returns the reply of getxattr; null if the attribute is absent, undefined if nothing is cached. */
  get(name: string): Dict | null | undefined {
    return this.replies.get(name);
  }

  /** Stores a reply (null for an absent attribute), and evicts the oldest ones; one beyond the limit is not stored. */
  set(name: string, reply: Dict | null): void {
    this.delete(name);
    const bytes = countEntryBytes(name, reply);
    if (bytes > MAX_XATTR_BYTES) return;
    for (const oldest of this.replies.keys()) {
      if (this.bytes + bytes <= MAX_XATTR_BYTES) break;
      this.delete(oldest);
    }
    this.replies.set(name, reply);
    this.bytes += bytes;
  }

  /** Forgets attributes that exist; those known to be absent stay. */
  deletePresent(): void {
    for (const [name, reply] of this.replies) if (reply !== null) this.delete(name);
  }

  private delete(name: string): void {
    const reply = this.replies.get(name);
    if (reply === undefined) return;
    this.bytes -= countEntryBytes(name, reply);
    this.replies.delete(name);
  }
}
