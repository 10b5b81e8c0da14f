/** Caches the contents of small files by inode (`ContentCache`), within option `cache-size`. */
import { copyBytes } from '../../../core/bytes.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import type { Dump } from '../../../core/xlator.ts';
import { DataCache } from '../shared/data-cache.ts';
import { InodeState } from '../shared/inode-cache.ts';
import { LruEntry } from '../shared/lru-list.ts';
import type { OptionValues } from './options.ts';

/** Approximate bytes of an entry besides its data. */
const ENTRY_OVERHEAD_BYTES = 256;

/** The content of one file, and the file's attributes at that time. */
class Content extends LruEntry {
  readonly file: CachedFile;
  readonly data: Uint8Array;
  buf: Iatt;
  /** Time of the last validation. */
  checkedAtMs: number;

  constructor(file: CachedFile, data: Uint8Array, buf: Iatt, checkedAtMs: number) {
    super();
    this.file = file;
    this.data = data;
    this.buf = buf;
    this.checkedAtMs = checkedAtMs;
  }
}

/** The state of one file: its content, if cached. */
export class CachedFile extends InodeState {
  content: Content | null = null;
}

/** The state of one volume of performance/quick-read. */
export class ContentCache extends DataCache<CachedFile, Content, OptionValues> {
  protected override makeState(): CachedFile {
    return new CachedFile();
  }

  protected override dropValues(file: CachedFile): void {
    if (file.content === null) return;
    this.lru.remove(file.content);
    file.content = null;
  }

  /** Returns the content for a read, and counts a hit; null, and a miss, without recent content. */
  read(inode: Inode): Content | null {
    const content = (inode.ctxGet(this.xl) as CachedFile | undefined)?.content ?? null;
    if (content === null || !this.isRecent(content.checkedAtMs)) {
      this.misses += 1;
      return null;
    }
    this.hits += 1;
    this.lru.moveToNewest(content);
    return content;
  }

  /** Whether a lookup should request the content: it is not cached, or the lookup's inode is unknown. */
  needsContent(inode: Inode | null): boolean {
    return inode === null || this.findState(inode)?.content == null;
  }

  /** Caches the content from a lookup's reply. */
  cacheContent(file: CachedFile, data: Uint8Array, buf: Iatt): void {
    this.dropValues(file);
    // Keeps a copy: the data may be a view of a larger buffer, such as a network reply.
    const content = new Content(file, copyBytes(data), buf, this.xl.context.now());
    if (this.lru.add(content, data.length + ENTRY_OVERHEAD_BYTES)) file.content = content;
  }

  /** Compares the content's attributes with the current ones: renews it if they agree, otherwise drops it. */
  validate(file: CachedFile, buf: Iatt): void {
    const { content } = file;
    if (content === null) return;
    if (!buf.known || this.hasChanged(content.buf, buf)) this.dropValues(file);
    else {
      content.buf = buf;
      content.checkedAtMs = this.xl.context.now();
    }
  }

  protected override evict({ file }: Content): void {
    this.dropValues(file);
  }

  protected override dumpCounts(): Dump {
    return { files: this.lru.count };
  }

  /** Whether a file has changed, by its size and by the time that option ctime-invalidation selects. */
  private hasChanged(cached: Iatt, current: Iatt): boolean {
    if (cached.iaSize !== current.iaSize) return true;
    return this.values['ctime-invalidation']
      ? cached.iaCtime !== current.iaCtime || cached.iaCtimeNsec !== current.iaCtimeNsec
      : cached.iaMtime !== current.iaMtime || cached.iaMtimeNsec !== current.iaMtimeNsec;
  }
}
