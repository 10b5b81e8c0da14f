/**
 * performance/quick-read: fetches small files whole with their lookup, and answers reads from memory.
 *
 * A lookup requests the content (`glusterfs.content`) of a file that is not cached. For a cached file, the reply's
 * attributes validate the content. `shared/inode-cache.ts` decides whether a reply may be cached.
 *
 * Source: GlusterFS 10 `xlators/performance/quick-read/src/`; README.md lists the differences.
 */
import { copyBytes } from '../../../core/bytes.ts';
import { Dict } from '../../../core/dict.ts';
import { tail, unwind, wind } from '../../../core/gen/fops.gen.ts';
import { NULL_GFID } from '../../../core/gfid.ts';
import { IA_IFREG, type Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { defineReconfigurableOptions, type Values } from '../../../core/options.ts';
import { CONTENT } from '../../../core/xdata.ts';
import type { Cbk, Dump, Fop, Fops, Xlator } from '../../../core/xlator.ts';
import { defineCache } from '../shared/cache-translator.ts';
import { DataCache } from '../shared/data-cache.ts';
import { bypassesCache, makeDataFops } from '../shared/data-fops.ts';
import { checkMemory, commonOptions, InodeState, makeSwitchOption } from '../shared/inode-cache.ts';
import { LruEntry } from '../shared/lru-list.ts';

const KB = 1024;
const MB = 1024 * KB;

/** Names, defaults and ranges are GlusterFS 10's. */
const options = defineReconfigurableOptions({
  ...commonOptions,
  'quick-read': makeSwitchOption(true),
  'max-file-size': {
    type: 'sizet',
    default: 64 * KB,
    min: 0,
    max: 1000 * KB,
    description: 'Size of the largest files that are fetched whole with the lookup. 0: none.',
  },
  'cache-size': {
    type: 'sizet',
    default: 128 * MB,
    min: 0,
    description:
      'Memory limit of the content of all files; those not read for longest are evicted.',
  },
  'cache-timeout': {
    type: 'int',
    default: 1,
    min: 0,
    description: 'Seconds for which content is used after its attributes were last checked.',
  },
  'quick-read-cache-invalidation': {
    type: 'bool',
    default: false,
    description:
      "Relies on the bricks to report other clients' changes, and logs a warning if they do not. " +
      'Reports are used even if this is off.',
  },
  'ctime-invalidation': {
    type: 'bool',
    default: false,
    description: 'A changed file is detected by its change time, not by its modification time.',
  },
  priority: {
    type: 'priority_list',
    default: '',
    description: 'Accepted without effect: data is evicted by its last read, not by file names.',
  },
});

type OptionValues = Values<typeof options>;

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
class CachedFile extends InodeState {
  content: Content | null = null;
}

/** The state of one volume of performance/quick-read. */
class ContentCache extends DataCache<CachedFile, Content, OptionValues> {
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

type QuickReadXlator = Xlator<ContentCache>;

/** Keys by which GlusterFS's replies mark a damaged copy, or one that self-heal could not repair. */
const BAD_COPY_KEYS = ['glusterfs.bad-inode', 'sh-failed'];

/** Winds a lookup; adds the request for the content if the file is not cached. */
const lookup: Fop<'lookup', ContentCache> = (frame, xl, loc, xdata) => {
  const { priv } = xl;
  const { inode } = loc;
  const isFile = inode === null || !inode.linked || inode.iaType === IA_IFREG;
  if (!isFile) return tail.lookup(frame, xl.children[0]!, loc, xdata);
  const maxBytes = priv.values['max-file-size'];
  const requestsContent = maxBytes > 0 && priv.needsContent(inode) && xdata?.has(CONTENT) !== true;
  const requestXdata = requestsContent
    ? (xdata?.copy() ?? new Dict()).set(CONTENT, maxBytes)
    : xdata;
  // The callback removes content that was requested here from the reply.
  frame.local = requestsContent;
  wind.lookup(frame, priv.clock, lookupCbk, xl.children[0]!, loc, requestXdata);
};

const lookupCbk: Cbk<'lookup', ContentCache> = (
  frame,
  clockAtWind,
  xl,
  opRet,
  opErrno,
  inode,
  buf,
  xdata,
  postparent,
) => {
  if (opRet >= 0 && inode !== null && buf?.iaType === IA_IFREG) {
    cacheOrValidate(xl, clockAtWind, inode, buf, xdata);
  }
  // The caller did not request the content.
  if (frame.local === true) xdata?.delete(CONTENT);
  unwind.lookup(frame, opRet, opErrno, inode, buf, xdata, postparent);
};

/** Caches the content in a reply, or validates the cached content by the reply's attributes. */
function cacheOrValidate(
  { priv }: QuickReadXlator,
  clockAtWind: number,
  inode: Inode,
  buf: Iatt,
  xdata: Dict | null,
): void {
  const tableInode = priv.findTableInode(inode, buf.iaGfid);
  const data = xdata?.bytes(CONTENT);
  if (data === undefined && priv.findState(tableInode) === undefined) return;
  const state = priv.findOrAddState(tableInode);
  if (!priv.mayUseReply(state, clockAtWind)) return;
  if (BAD_COPY_KEYS.some((key) => xdata?.has(key))) priv.invalidate(tableInode);
  // Content whose length is not the size in the attributes is older or newer than these: it is not cached.
  else if (data !== undefined && buf.known && data.length === buf.iaSize) {
    priv.cacheContent(state, data, buf);
  } else priv.validate(state, buf);
}

const readdirp: Fop<'readdirp', ContentCache> = (frame, xl, fd, size, offset, xdata) =>
  wind.readdirp(frame, xl.priv.clock, readdirpCbk, xl.children[0]!, fd, size, offset, xdata);

const readdirpCbk: Cbk<'readdirp', ContentCache> = (
  frame,
  clockAtWind,
  xl,
  opRet,
  opErrno,
  entries,
  xdata,
) => {
  for (const { stat, inode } of opRet > 0 ? (entries ?? []) : []) {
    if (stat === null || inode === null || stat.iaGfid === NULL_GFID) continue;
    if (stat.iaType === IA_IFREG) cacheOrValidate(xl, clockAtWind, inode, stat, null);
  }
  unwind.readdirp(frame, opRet, opErrno, entries, xdata);
};

const readv: Fop<'readv', ContentCache> = (frame, xl, fd, size, offset, flags, xdata) => {
  const content =
    bypassesCache(fd, flags) || offset < 0 || size < 0 ? null : xl.priv.read(fd.inode);
  if (content === null) {
    return tail.readv(frame, xl.children[0]!, fd, size, offset, flags, xdata);
  }
  const part = content.data.subarray(offset, offset + size);
  // A caller without a read buffer may keep or change the reply: it gets a copy.
  const data = frame.readBuffer === null ? copyBytes(part) : part;
  unwind.readv(frame, data.length, 0, data, content.buf, null);
};

const cacheFops: Fops<ContentCache> = {
  ...{ lookup, readdirp, readv },
  ...makeDataFops<ContentCache, CachedFile>({
    hasData: ({ content }) => content !== null,
    validate: ({ priv }, state, buf) => priv.validate(state, buf),
  }),
};

export default defineCache<ContentCache, typeof options>({
  type: 'performance/quick-read',
  description: 'Fetches small files whole when they are looked up, and reads them from memory.',
  options,
  fops: () => cacheFops,
  makeCache: (xl, values) => new ContentCache(xl, values),
  checkOptions: checkMemory,
  findUpcallReliance: (values) =>
    values['quick-read-cache-invalidation']
      ? { option: 'quick-read-cache-invalidation', seconds: values['cache-timeout'] }
      : null,
});
