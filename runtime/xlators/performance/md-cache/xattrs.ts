/**
 * Extended attributes of one inode, by name: the answer with that one; null for one that is not there.
 *
 * A pattern of names in `xattr-cache-list` may be met by as many as somebody asks for: of an inode no more
 * is kept than `XATTRS_MAX` bytes, and those that were learnt first go.
 */
import type { Dict, DictValue } from '../../../core/dict.ts';

/** What one of them takes besides its name and its value, roughly. */
const OVERHEAD = 128;
/** As much as a value may have on Linux, and the names of all. */
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

  /** Undefined for one of which nothing is known. */
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

  /** Nothing is known any more of those that are there. */
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
