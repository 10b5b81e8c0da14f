/** Caches the contents of small files by inode, within `cache-size`. */
import type { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import type { Dump } from '../../../core/xlator.ts';
import { DataCache } from '../shared/data-cache.ts';
import { InodeState } from '../shared/inode-cache.ts';
import { Cached } from '../shared/lru.ts';
import type { OptionValues } from './options.ts';

/** Approximate bytes of an entry besides its data. */
const OVERHEAD = 256;

/** The content of one file, and the attributes that it belongs to. */
class Content extends Cached {
  readonly file: File;
  readonly data: Uint8Array;
  buf: Iatt;
  /** Time of the last validation, in milliseconds. */
  since: number;

  constructor(file: File, data: Uint8Array, buf: Iatt, since: number) {
    super();
    this.file = file;
    this.data = data;
    this.buf = buf;
    this.since = since;
  }
}

export class File extends InodeState {
  content: Content | null = null;
}

export class Contents extends DataCache<File, Content, OptionValues> {
  protected override make(): File {
    return new File();
  }

  protected override drop(file: File): void {
    if (file.content === null) return;
    this.lru.remove(file.content);
    file.content = null;
  }

  /** Returns the content if it is still valid, or null. */
  read(inode: Inode): Content | null {
    const content = (inode.ctxGet(this.xl) as File | undefined)?.content ?? null;
    if (content === null || !this.isRecent(content.since)) {
      this.misses += 1;
      return null;
    }
    this.hits += 1;
    this.lru.used(content);
    return content;
  }

  /** Whether a lookup should request the content. */
  wants(inode: Inode | null): boolean {
    return inode === null || this.state(inode)?.content == null;
  }

  /** Caches the content from a lookup's reply. */
  learn(file: File, data: Uint8Array, buf: Iatt): void {
    this.drop(file);
    // A copy: the data may be a view of a larger buffer, such as a network reply.
    const content = new Content(file, data.slice(), buf, this.xl.context.now());
    if (this.lru.add(content, data.length + OVERHEAD)) file.content = content;
  }

  /** Validates the content by the current attributes, or drops it. */
  check(file: File, buf: Iatt): void {
    const { content } = file;
    if (content === null) return;
    if (!buf.known || this.isOther(content.buf, buf)) this.drop(file);
    else {
      content.buf = buf;
      content.since = this.xl.context.now();
    }
  }

  protected override evict({ file }: Content): void {
    this.drop(file);
  }

  protected override counts(): Dump {
    return { files: this.lru.count };
  }

  private isOther(before: Iatt, now: Iatt): boolean {
    if (before.iaSize !== now.iaSize) return true;
    return this.values['ctime-invalidation']
      ? before.iaCtime !== now.iaCtime || before.iaCtimeNsec !== now.iaCtimeNsec
      : before.iaMtime !== now.iaMtime || before.iaMtimeNsec !== now.iaMtimeNsec;
  }
}
