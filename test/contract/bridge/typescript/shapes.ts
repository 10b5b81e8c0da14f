/** Makes one fop for every row of the table, for the contract's modules. */
import {
  type AnyFop,
  type AnyReply,
  type Arg,
  type ArgType,
  collect,
  collectCbk,
  type Dict,
  type Dirent,
  defineTranslator,
  type Fd,
  type Flock,
  type FopName,
  type FopRow,
  type Fops,
  fops,
  Iatt,
  type Inode,
  type Lease,
  Loc,
  Dict as NewDict,
  NULL_GFID,
  nameLength,
  Statvfs,
  type Translator,
  windArgs,
  type Xlator,
} from 'glossa';

/** A fop's row, and what its name is to the tables of functions. */
export type Row = FopRow & { readonly name: FopName };

/** A translator over one child whose fops are made by `make`. */
export function every(make: (row: Row) => AnyFop): Translator<null, Record<string, never>> {
  return defineTranslator({
    type: 'contract/every',
    description: 'Does the same with every fop.',
    children: [1, 1],
    options: {},
    fops: everyFop(make),
    init: () => null,
  });
}

export function everyFop(make: (row: Row) => AnyFop): Fops<null> {
  const made = (fops as readonly Row[]).map((row) => [row.name, collect[row.name](make(row))]);
  return Object.fromEntries(made) as Fops<null>;
}

const names = new Map(fops.map(({ number, name }) => [number, name]));

/** The name of a fop by its number, as watchers are told it. */
export const fopName = (number: number): string => names.get(number)!;

/** Winds to the first child; `reply` sees what comes back. */
export function windTo(row: Row, reply: AnyReply): AnyFop {
  const cbk = collectCbk[row.name](reply) as never;
  return (frame, xl, args) => windArgs[row.name](frame, 0, cbk, xl.children[0]!, args);
}

/** op_ret of a reply: what fops that count have counted, otherwise what is told. */
export function opRetOf({ name }: Row, [first]: readonly unknown[], otherwise: number): number {
  if (name === 'readlink' || name === 'getspec') return nameLength(first as string);
  const counts = name === 'readv' || name === 'readdir' || name === 'readdirp';
  return counts ? (first as { length: number }).length : otherwise;
}

/** For modules that are about requests, not about the table. */
export const plain = {
  type: 'contract/module',
  description: 'A module of the contract.',
  children: [1, 16],
  options: {},
} as const;

export const later = (xl: Xlator<unknown>, ms: number, what: () => void): void => {
  xl.context.after(ms, what);
};

// -- saying all that values hold -----------------------------------------------------------------

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const snake = (name: string): string => name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);
const fields = (value: object): object =>
  Object.fromEntries(Object.entries(value).map(([name, field]) => [snake(name), field]));

function pairs(dict: Dict): unknown[] {
  return [...dict.keys()].map((key) => {
    const value = dict.get(key)!;
    if (value instanceof Iatt) return [key, dict.type(key), fields(value)];
    if (value instanceof Uint8Array) return [key, dict.type(key), hex(value)];
    const odd = typeof value === 'number' && !Number.isFinite(value);
    return [key, dict.type(key), odd ? String(value) : value];
  });
}

type Table<R> = { readonly [T in ArgType]: (value: never) => R };

const describers: Table<unknown> = {
  loc: (loc: Loc) => [loc.name, loc.gfid, loc.pargfid, loc.path, loc.inode?.gfid],
  inode: (inode: Inode) => [inode.gfid, inode.iaType],
  fd: (fd: Fd) => [fd.inode.gfid, fd.flags, fd.pid, fd.isDir],
  iatt: fields,
  dict: pairs,
  str: (text: string) => text,
  int: (number: number) => number,
  data: hex,
  entries: (entries: readonly Dirent[]) =>
    entries.map(({ name, off, type, gfid, stat }) => [name, off, type, gfid, stat && fields(stat)]),
  statvfs: fields,
  flock: fields,
  lease: fields,
  locklist: (locks: readonly Flock[]) => locks.map(fields),
};

/** As JSON. */
export const describe = (args: readonly Arg[], values: readonly unknown[]): string =>
  JSON.stringify(each(args, values, describers));

const each = (args: readonly Arg[], values: readonly unknown[], table: Table<unknown>) =>
  args.map(({ type }, at) => {
    const value = values[at] ?? null;
    return value === null ? null : table[type](value as never);
  });

// -- changing them -------------------------------------------------------------------------------

const changers: Table<unknown> = {
  loc: (loc: Loc) =>
    loc.name === null ? loc : new Loc(loc.inode, loc.parent, `${loc.name}~`, loc.gfid),
  inode: (inode) => inode,
  fd: (fd) => fd,
  iatt: (iatt: Iatt) => Object.assign(iatt.copy(), { iaSize: iatt.iaSize + 1 }),
  dict: (dict: Dict) => dict.copy().set('changed', 1),
  str: (text: string) => `${text}~`,
  int: (number: number) => number + 1,
  data: (data: Uint8Array) => {
    const longer = new Uint8Array(data.length + 1);
    longer.set(data);
    longer[data.length] = 0x7e;
    return longer;
  },
  entries: (entries: readonly Dirent[]) =>
    entries.map((entry) => ({ ...entry, name: `${entry.name}~` })),
  statvfs: (value: Statvfs) => Object.assign(new Statvfs(), value, { bfree: value.bfree + 1 }),
  flock: (lock: Flock) => ({ ...lock, start: lock.start + 1 }),
  lease: (lease: Lease) => ({ ...lease, flags: lease.flags + 1 }),
  locklist: (locks: readonly Flock[]) => locks.map((lock) => ({ ...lock, start: lock.start + 1 })),
};

/** The values, each exchanged for a changed one. */
export const change = (args: readonly Arg[], values: readonly unknown[]): unknown[] =>
  each(args, values, changers);

/** The same, said one by one to a copy: what a request carries is others' too. */
export function touch(args: readonly Arg[], values: readonly unknown[]): unknown[] {
  return each(args, values, {
    ...changers,
    iatt: (iatt: Iatt) => {
      const mine = iatt.copy();
      mine.iaSize += 1;
      return mine;
    },
    entries: (entries: readonly Dirent[]) => {
      const mine = [...entries];
      mine.forEach((entry, at) => {
        mine[at] = { ...entry, name: `${entry.name}~` };
      });
      return mine;
    },
  });
}

// -- answering without a child -------------------------------------------------------------------

const lock = (start: number, owner = ''): Flock => {
  return { type: 0, whence: 0, start, len: 0, pid: 0, owner };
};

const own: { readonly [T in ArgType]?: () => unknown } = {
  iatt: () =>
    Object.assign(new Iatt(), {
      iaSize: 7,
      iaType: 1,
      iaGfid: '00000000-0000-0000-0000-000000000007',
    }),
  dict: () => NewDict.of({ own: 7, text: 'seven', data: Uint8Array.of(7, 255), half: 0.5 }),
  str: () => 'own',
  int: () => 7,
  data: () => new TextEncoder().encode('own'),
  entries: () => [],
  statvfs: () => Object.assign(new Statvfs(), { bfree: 7 }),
  flock: () => lock(7, '07'),
  lease: (): Lease => ({ cmd: 0, type: 0, id: NULL_GFID, flags: 7 }),
  locklist: () => [lock(7), lock(8)],
};

/** A reply that no child gave; inodes and fds are those of the request, if it has any. */
export const ownReply = (row: Row, args: readonly unknown[]): unknown[] =>
  row.reply.map(({ type }) => {
    const make = own[type];
    if (make !== undefined) return make();
    const mine = (wanted: string) => args[row.args.findIndex((arg) => arg.type === wanted)];
    if (type === 'inode') return mine(type) ?? (mine('loc') as Loc | undefined)?.inode ?? null;
    return mine(type) ?? null;
  });

/** op_ret of a success as the runtime has it for scripts that leave it to it. */
export function meantRet(row: Row, args: readonly unknown[], reply: readonly unknown[]): number {
  if (row.name === 'writev') return (args[1] as Uint8Array).length;
  if (row.name === 'copy_file_range') return args[4] as number;
  if (row.name.endsWith('getxattr')) return (reply[0] as Dict).size;
  return opRetOf(row, reply, 0);
}
