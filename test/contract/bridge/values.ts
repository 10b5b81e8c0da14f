/**
 * Arguments and replies for the bridge contract, made from the table of fops: values that fill
 * every field, and a description and a change of each type that are the same in every language.
 *
 * The change: names, texts and bytes get a `~` at their end, integers and counts grow by 1, and a
 * dict gets the pair changed = 1 (int). Null, inodes and fds stay unchanged.
 */
import { Dict } from '../../../runtime/core/dict.ts';
import type { Arg, ArgType } from '../../../runtime/core/fops.ts';
import { gfidFromRandom } from '../../../runtime/core/gfid.ts';
import { type Dirent, IA_IFREG, Iatt, Statvfs } from '../../../runtime/core/iatt.ts';
import type { Inode, InodeTable } from '../../../runtime/core/inode.ts';
import type { Flock, Lease } from '../../../runtime/core/lock.ts';
import { Fd, Loc } from '../../../runtime/core/operands.ts';

/** Numbers at the edges of 31 and 32 bits, and beyond. */
const NUMBERS = [1, 0, 255, 257, 2 ** 31 - 1, 2 ** 31, 2 ** 32 + 5, 2 ** 53 - 3, 70_000];
/** ASCII, other alphabets, beyond 16 bits, and bytes that are no UTF-8 (U+DC80 + …). */
const NAMES = [
  'plain',
  'naïve',
  '名前',
  '😀.txt',
  'b\udc80\udcffd',
  'a name',
  '-',
  'x'.repeat(255),
];

const IATT_FIELDS = Object.keys(new Iatt()) as (keyof Iatt)[];

/** Makes values that differ from one another. */
export class Samples {
  readonly table: InodeTable;
  private count = 0;

  constructor(table: InodeTable) {
    this.table = table;
  }

  private next(): number {
    this.count += 1;
    return this.count;
  }

  number(): number {
    return NUMBERS[this.next() % NUMBERS.length]!;
  }

  name(): string {
    return NAMES[this.next() % NAMES.length]!;
  }

  gfid(): string {
    const bytes = new Uint8Array(16);
    new DataView(bytes.buffer).setUint32(8, this.next());
    return gfidFromRandom(bytes);
  }

  iatt(): Iatt {
    const iatt = new Iatt();
    for (const field of IATT_FIELDS) Object.assign(iatt, { [field]: this.number() });
    iatt.iaGfid = this.gfid();
    iatt.iaType = IA_IFREG;
    // One number that a change must not carry beyond 2^53.
    iatt.iaSize = 2 ** 40;
    iatt.iaAtime = -5;
    return iatt;
  }

  /** An inode that the volume knows. */
  inode(): Inode {
    return this.table.link(this.table.newInode(), null, null, this.iatt())!;
  }

  directory(): Inode {
    const buf = this.iatt();
    buf.iaType = 2;
    return this.table.link(this.table.newInode(), this.table.root, `dir${this.next()}`, buf)!;
  }

  dict(): Dict {
    return new Dict()
      .set('int', -7)
      .set('large', 2 ** 53 - 1)
      .set('uint', 2 ** 32, 'uint')
      .set('double', 0.5, 'double')
      .set('whole', 3, 'double')
      .set('endless', Number.NEGATIVE_INFINITY, 'double')
      .set('none', Number.NaN, 'double')
      .set('str', this.name())
      .set('bin', Uint8Array.of(0, 1, 127, 128, 255))
      .set('empty', new Uint8Array(0))
      .setGfid('gfuuid', this.gfid())
      .set('iatt', this.iatt())
      .set('mdata', Uint8Array.of(9, 0), 'mdata')
      .set('k\udc80ey', 'b\udcfe');
  }

  statvfs(): Statvfs {
    const made = new Statvfs();
    for (const field of Object.keys(made)) Object.assign(made, { [field]: this.number() });
    return made;
  }

  flock(): Flock {
    const [type, pid, start] = [1, 4711, 2 ** 40];
    return { type, whence: 0, start, len: this.number(), pid, owner: '00ff' };
  }

  entry(): Dirent {
    return {
      name: this.name(),
      off: this.number(),
      type: 8,
      gfid: this.gfid(),
      stat: this.iatt(),
      dict: new Dict().set('of', 'entry'),
      inode: this.table.newInode(),
    };
  }

  private readonly makers: { readonly [T in ArgType]: () => unknown } = {
    loc: () => new Loc(this.inode(), this.directory(), this.name().slice(0, 200)),
    inode: () => this.inode(),
    fd: () => new Fd(this.inode(), 0o2001, 4711),
    iatt: () => this.iatt(),
    dict: () => this.dict(),
    str: () => this.name(),
    int: () => this.number(),
    data: () => Uint8Array.from({ length: 20_000 + this.next() }, (_, i) => i % 251),
    entries: () => [this.entry(), { ...this.entry(), stat: null, inode: null, dict: null }],
    statvfs: () => this.statvfs(),
    flock: () => this.flock(),
    lease: (): Lease => ({ cmd: 2, type: 1, id: this.gfid(), flags: this.number() }),
    locklist: () => [this.flock(), this.flock()],
  };

  /** A value for each, or nothing where there may be nothing. */
  values(args: readonly Arg[], full: boolean): unknown[] {
    return args.map(({ type, nullable }) => (full || !nullable ? this.makers[type]() : null));
  }
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
/** Values by GlusterFS's field names: ia_size, not iaSize. */
const fields = (value: object): unknown =>
  Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`),
      field,
    ]),
  );

const describers: { readonly [T in ArgType]: (value: never) => unknown } = {
  loc: ({ name, gfid, pargfid, path, inode }: Loc) => [name, gfid, pargfid, path, inode?.gfid],
  inode: ({ gfid, iaType }: Inode) => [gfid, iaType],
  fd: ({ inode, flags, pid, isDir }: Fd) => [inode.gfid, flags, pid, isDir],
  iatt: fields,
  dict: (value: Dict) => {
    const pairs: unknown[] = [];
    value.forEach((key, item, type) => {
      const plain = item instanceof Iatt ? fields(item) : item;
      pairs.push([key, type, plain instanceof Uint8Array ? hex(plain) : plainNumber(plain)]);
    });
    return pairs;
  },
  str: (value: string) => value,
  int: (value: number) => value,
  data: hex,
  entries: (value: readonly Dirent[]) =>
    value.map(({ name, off, type, gfid, stat }) => [name, off, type, gfid, stat && fields(stat)]),
  statvfs: fields,
  flock: fields,
  lease: fields,
  locklist: (value: readonly Flock[]) => value.map(fields),
};

/** JSON has no other numbers than finite ones. */
const plainNumber = (value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;

/** Complete descriptions of values, as JSON. */
export const describeAll = (args: readonly Arg[], values: readonly unknown[]): unknown[] =>
  args.map((arg, at) => {
    const value = values[at] ?? null;
    return value === null ? null : describers[arg.type](value as never);
  });

const changers: { readonly [T in ArgType]: (value: never) => unknown } = {
  loc: (value: Loc) =>
    value.name === null ? value : new Loc(value.inode, value.parent, `${value.name}~`),
  inode: (value) => value,
  fd: (value) => value,
  iatt: (value: Iatt) => Object.assign(value.copy(), { iaSize: value.iaSize + 1 }),
  dict: (value: Dict) => value.copy().set('changed', 1),
  str: (value: string) => `${value}~`,
  int: (value: number) => value + 1,
  data: (value: Uint8Array) => Uint8Array.of(...value, 0x7e),
  entries: (value: readonly Dirent[]) =>
    value.map((entry) => ({ ...entry, name: `${entry.name}~` })),
  statvfs: (value: Statvfs) => Object.assign(new Statvfs(), value, { bfree: value.bfree + 1 }),
  flock: (value: Flock) => ({ ...value, start: value.start + 1 }),
  lease: (value: Lease) => ({ ...value, flags: value.flags + 1 }),
  locklist: (value: readonly Flock[]) => value.map((lock) => ({ ...lock, start: lock.start + 1 })),
};

/** The same values changed, as every language's modules change them. */
export const changeAll = (args: readonly Arg[], values: readonly unknown[]): unknown[] =>
  args.map((arg, at) => {
    const value = values[at] ?? null;
    return value === null ? null : changers[arg.type](value as never);
  });
