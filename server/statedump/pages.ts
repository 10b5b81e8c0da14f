/**
 * A statedump on its way from the server to `glossa statedump`; and what else is as long. An answer of
 * a mount is an extended attribute, of 64 KiB at most, so it is read page by page:
 * `glossa.statedump.ID.0` makes the dump, `….1` and so on are the rest of the same one, and a page
 * that is not full is the last. ID is the reader's own choice.
 */
import { encodeName } from '../../runtime/core/bytes.ts';
import { XATTR_SIZE_MAX } from '../../runtime/core/limits.ts';
import type { RootAction, RootActions } from '../../runtime/mount/root-xattrs.ts';

/** What is told so, by its name; the words are for who may not see it. */
export const TOLD = {
  'glossa.statedump': 'its statedump',
  'glossa.notable': 'its requests',
  'glossa.top': 'what it is busy with',
} as const;
export type ToldName = keyof typeof TOLD;

const PAGE = /^([0-9a-f]{16})\.(\d{1,4})$/;
/** Dumps that are being read at a time; the oldest makes room. */
const READERS = 4;

/** The server's end. */
export class DumpPages implements RootActions {
  private readonly make: () => object;
  private readonly room: number;
  private readonly prefix: string;
  /** What is being read, by its reader's id. */
  private readonly dumps = new Map<string, Uint8Array>();

  /** @param room bytes of a page */
  constructor(make: () => object, name: ToldName = 'glossa.statedump', room = XATTR_SIZE_MAX) {
    this.make = make;
    this.room = room;
    this.prefix = `${name}.`;
  }

  get(name: string): RootAction | undefined {
    if (!name.startsWith(this.prefix)) return undefined;
    const [, id, page] = PAGE.exec(name.slice(this.prefix.length)) ?? [];
    return id === undefined ? undefined : async () => this.page(id, Number(page));
  }

  private page(id: string, page: number): Uint8Array {
    if (page === 0) this.dumps.set(id, encodeName(JSON.stringify(this.make())));
    for (const oldest of this.dumps.keys()) {
      if (this.dumps.size <= READERS) break;
      this.dumps.delete(oldest);
    }
    const whole = this.dumps.get(id);
    if (whole === undefined) throw new Error('others have asked since');
    const bytes = whole.subarray(page * this.room, (page + 1) * this.room);
    if (bytes.length < this.room) this.dumps.delete(id);
    return bytes;
  }
}
