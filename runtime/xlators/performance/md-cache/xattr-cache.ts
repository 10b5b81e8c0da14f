/**
 * Caches one inode's extended attributes: for each name the getxattr reply, or null if it is absent.
 *
 * A client may request any number of names that match a pattern in `xattr-cache-list`. So an inode's
 * entries take at most `XATTRS_MAX` bytes; the oldest are evicted.
 */
import type { Dict, DictValue } from '../../../core/dict.ts';

/** Approximate bytes of an entry besides its name and value. */
const OVERHEAD = 128;
/** Linux's limit for one value, and for the list of names. */
export const XATTRS_MAX = 64 * 1024;
const OTHER_VALUE = 8;

const sizeOf = (value: DictValue): number =>
  typeof value === 'string' || value instanceof Uint8Array ? value.length : OTHER_VALUE;

function costOf(name: string, answer: Dict | null): number {
  let bytes = OVERHEAD + name.length;
  answer?.forEach((_name, value) => {
    bytes += sizeOf(value);
  });
  return bytes;
}

export class Xattrs {
  bytes = 0;
  private readonly answers = new Map<string, Dict | null>();

  /** Returns undefined for an unknown name. */
  get(name: string): Dict | null | undefined {
    return this.answers.get(name);
  }

  set(name: string, answer: Dict | null): void {
    this.delete(name);
    const bytes = costOf(name, answer);
    if (bytes > XATTRS_MAX) return;
    for (const oldest of this.answers.keys()) {
      if (this.bytes + bytes <= XATTRS_MAX) break;
      this.delete(oldest);
    }
    this.answers.set(name, answer);
    this.bytes += bytes;
  }

  /** Forgets the attributes that exist; absent names stay. */
  deleteThere(): void {
    for (const [name, answer] of this.answers) if (answer !== null) this.delete(name);
  }

  private delete(name: string): void {
    const answer = this.answers.get(name);
    if (answer === undefined) return;
    this.bytes -= costOf(name, answer);
    this.answers.delete(name);
  }
}
