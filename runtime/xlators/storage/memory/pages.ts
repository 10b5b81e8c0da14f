/**
 * A file's data in pages of 4 KiB; a page that was never written is a hole and takes no memory, so
 * that a file's size costs nothing. All pages of a volume are counted against one budget.
 */

export const PAGE_SIZE = 4096;

/** Pages that a volume may have, and has. */
export class Budget {
  limit: number;
  used = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  take(): boolean {
    if (this.used >= this.limit) return false;
    this.used += 1;
    return true;
  }
}

/** What `seek` looks for. */
export const SEEK_DATA = 0;
export const SEEK_HOLE = 1;

export class Pages {
  size = 0;
  private readonly pages = new Map<number, Uint8Array>();
  private readonly budget: Budget;

  constructor(budget: Budget) {
    this.budget = budget;
  }

  get count(): number {
    return this.pages.size;
  }

  /** Exactly the bytes there are in [offset, offset + length). */
  read(offset: number, length: number): Uint8Array {
    const end = Math.min(offset + length, this.size);
    const out = new Uint8Array(Math.max(0, end - offset));
    eachPage(offset, end, (index, start, stop, at) => {
      const page = this.pages.get(index);
      if (page !== undefined) out.set(page.subarray(start, stop), at - offset);
    });
    return out;
  }

  /** Bytes written: fewer than given when the budget ends, and then at whole pages. */
  write(data: Uint8Array, offset: number): number {
    const end = offset + data.length;
    let written = 0;
    let full = false;
    eachPage(offset, end, (index, start, stop, at) => {
      const page = full ? undefined : this.pageToWrite(index);
      if (page === undefined) {
        full = true;
        return;
      }
      page.set(data.subarray(at - offset, at - offset + stop - start), start);
      written += stop - start;
    });
    if (written > 0) this.size = Math.max(this.size, offset + written);
    return written;
  }

  truncate(size: number): void {
    if (size < this.size) this.zero(size, this.size);
    this.size = size;
  }

  /** Makes [offset, end) a hole, without changing the size. */
  zero(offset: number, end: number): void {
    const firstWhole = Math.ceil(offset / PAGE_SIZE);
    const lastWhole = Math.floor(end / PAGE_SIZE);
    // What lies behind the end of the file is nobody's: a page may go whole from there on.
    const dropEnd = end >= this.size ? Number.POSITIVE_INFINITY : lastWhole;
    this.blank(offset, Math.min(end, firstWhole * PAGE_SIZE));
    if (lastWhole >= firstWhole) this.blank(lastWhole * PAGE_SIZE, end);
    for (const index of this.pages.keys()) {
      if (index >= firstWhole && index < dropEnd) this.drop(index);
    }
  }

  /** Where the next data or hole begins at or after `offset`; -1 when there is none. */
  seek(offset: number, what: number): number {
    if (offset < 0 || offset >= this.size) return -1;
    if (what === SEEK_HOLE) {
      let index = Math.floor(offset / PAGE_SIZE);
      while (this.pages.has(index)) index += 1;
      return Math.min(this.size, Math.max(offset, index * PAGE_SIZE));
    }
    const first = Math.floor(offset / PAGE_SIZE);
    let found = Number.POSITIVE_INFINITY;
    for (const index of this.pages.keys()) if (index >= first) found = Math.min(found, index);
    const at = Math.max(offset, found * PAGE_SIZE);
    return at < this.size ? at : -1;
  }

  /** Gives all pages back; the file's last user is gone. */
  clear(): void {
    for (const index of this.pages.keys()) this.drop(index);
  }

  private drop(index: number): void {
    if (this.pages.delete(index)) this.budget.used -= 1;
  }

  /** Zeros within one page. */
  private blank(start: number, end: number): void {
    if (start >= end) return;
    const index = Math.floor(start / PAGE_SIZE);
    this.pages.get(index)?.fill(0, start - index * PAGE_SIZE, end - index * PAGE_SIZE);
  }

  private pageToWrite(index: number): Uint8Array | undefined {
    let page = this.pages.get(index);
    if (page === undefined && this.budget.take()) {
      page = new Uint8Array(PAGE_SIZE);
      this.pages.set(index, page);
    }
    return page;
  }
}

/** Calls `visit` for the part of each page in [offset, end); `at` is where the part begins. */
function eachPage(
  offset: number,
  end: number,
  visit: (index: number, start: number, stop: number, at: number) => void,
): void {
  let at = offset;
  while (at < end) {
    const index = Math.floor(at / PAGE_SIZE);
    const start = at - index * PAGE_SIZE;
    const stop = Math.min(PAGE_SIZE, end - index * PAGE_SIZE);
    visit(index, start, stop, at);
    at += stop - start;
  }
}
