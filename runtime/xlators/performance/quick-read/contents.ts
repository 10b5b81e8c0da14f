/** The contents of small files, by inode, within what memory there is for them. */
import type { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import type { Dump } from '../../../core/xlator.ts';
import { DataCache } from '../shared/data-cache.ts';
import { Kept } from '../shared/inode-cache.ts';
import { Cached } from '../shared/lru.ts';
import type { Given } from './options.ts';

/** What a file takes besides its bytes, roughly. */
const OVERHEAD = 256;

/** The content of one file, and its attributes when it was that. */
class Content extends Cached {
  readonly kept: File;
  readonly data: Uint8Array;
  buf: Iatt;
  /** When it was last seen to be so: milliseconds. */
  since: number;

  constructor(kept: File, data: Uint8Array, buf: Iatt, since: number) {
    super();
    this.kept = kept;
    this.data = data;
    this.buf = buf;
    this.since = since;
  }
}

export class File extends Kept {
  content: Content | null = null;
}

export class Contents extends DataCache<File, Content, Given> {
  protected override make(): File {
    return new File();
  }

  protected override drop(kept: File): void {
    if (kept.content === null) return;
    this.lru.remove(kept.content);
    kept.content = null;
  }

  /** The content that may be read, or null. */
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

  /** Whether a lookup is to bring the content along. */
  wants(inode: Inode | null): boolean {
    return inode === null || this.kept(inode)?.content == null;
  }

  /** A lookup has brought content. */
  learn(kept: File, data: Uint8Array, buf: Iatt): void {
    this.drop(kept);
    // A copy: it may be a part of something larger, such as an answer from the network.
    const content = new Content(kept, data.slice(), buf, this.xl.context.now());
    if (this.lru.add(content, data.length + OVERHEAD)) kept.content = content;
  }

  /** The attributes are these now: is the content the one that is here? */
  check(kept: File, buf: Iatt): void {
    const { content } = kept;
    if (content === null) return;
    if (!buf.known || this.isOther(content.buf, buf)) this.drop(kept);
    else {
      content.buf = buf;
      content.since = this.xl.context.now();
    }
  }

  protected override evict({ kept }: Content): void {
    this.drop(kept);
  }

  protected override counts(): Dump {
    return { files: this.lru.count };
  }

  private isOther(before: Iatt, now: Iatt): boolean {
    if (before.iaSize !== now.iaSize) return true;
    return this.given['ctime-invalidation']
      ? before.iaCtime !== now.iaCtime || before.iaCtimeNsec !== now.iaCtimeNsec
      : before.iaMtime !== now.iaMtime || before.iaMtimeNsec !== now.iaMtimeNsec;
  }
}
