/** The contents of small files, by inode, within what memory there is for them. */
import type { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import type { Dump, Xlator } from '../../../core/xlator.ts';
import { InodeCache, Kept } from '../shared/inode-cache.ts';
import { Cached, Lru } from '../shared/lru.ts';
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

export class Contents extends InodeCache<File> {
  given: Given;
  hits = 0;
  misses = 0;
  private readonly lru: Lru<Content>;

  constructor(xl: Xlator<unknown>, given: Given) {
    super(xl);
    this.given = given;
    this.lru = new Lru(given['cache-size'], (content) => this.drop(content.kept));
  }

  configure(given: Given): void {
    this.given = given;
    this.lru.limit = given['cache-size'];
    if (given['pass-through']) this.clear();
  }

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
    if (content === null || !this.isFresh(content)) {
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

  clear(): void {
    this.invalidateReplies();
    this.lru.clear();
  }

  /** Begins to count anew. */
  reset(): void {
    this.hits = 0;
    this.misses = 0;
    this.lru.reset();
  }

  dump(): Dump {
    const { hits, misses, lru } = this;
    const { count: files, bytes, evicted, limit } = lru;
    return { hits, misses, files, bytes, evicted, limit };
  }

  private isFresh({ since }: Content): boolean {
    return this.xl.context.now() - since < this.given['cache-timeout'] * 1000;
  }

  private isOther(before: Iatt, now: Iatt): boolean {
    if (before.iaSize !== now.iaSize) return true;
    return this.given['ctime-invalidation']
      ? before.iaCtime !== now.iaCtime || before.iaCtimeNsec !== now.iaCtimeNsec
      : before.iaMtime !== now.iaMtime || before.iaMtimeNsec !== now.iaMtimeNsec;
  }
}
