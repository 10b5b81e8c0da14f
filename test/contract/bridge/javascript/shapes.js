/** Makes one method for every fop of the table, for the contract's modules. */
import { Dict, Flock, fops, Iatt, Lease, Statvfs, Translator } from 'glossa';

/** A translator whose methods for every fop are made by `fop(row)` and `cbk(row)`. */
export function every({ fop, cbk }, Base = Translator) {
  class Every extends Base {}
  for (const row of fops) {
    if (fop) Every.prototype[row.name] = fop(row);
    if (cbk) Every.prototype[`${row.name}Cbk`] = cbk(row);
  }
  return Every;
}

const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

const fields = (value) =>
  Object.fromEntries(Object.entries(value.toJSON()).map(([name, item]) => [snake(name), item]));

function valueInDict(value) {
  if (value instanceof Iatt) return fields(value);
  if (value instanceof Uint8Array) return hex(value);
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

const DESCRIBE = {
  loc: (loc) => [loc.name, loc.gfid, loc.pargfid, loc.path, loc.inode ? loc.inode.gfid : null],
  inode: (inode) => [inode.gfid, inode.iaType],
  fd: (fd) => [fd.inode.gfid, fd.flags, fd.pid, fd.isDir],
  iatt: fields,
  dict: (dict) => [...dict].map(([key, value]) => [key, dict.types.get(key), valueInDict(value)]),
  str: String,
  int: Number,
  data: (data) => hex(data),
  entries: (entries) =>
    entries.map(({ name, off, type, gfid, stat }) => [name, off, type, gfid, stat && fields(stat)]),
  statvfs: fields,
  flock: fields,
  lease: fields,
  locklist: (locks) => locks.map(fields),
};

/** All there is to say about values, as JSON. */
export const describe = (row, values) =>
  JSON.stringify(
    values.map((value, at) => (value === null ? null : DESCRIBE[row[at].type](value))),
  );

function append(data) {
  const bytes = new Uint8Array(data.length + 1);
  bytes.set(data.copy());
  bytes[data.length] = 0x7e;
  return bytes;
}

const CHANGE = {
  loc: (loc) => (loc.name === null ? loc : loc.replace({ name: `${loc.name}~` })),
  inode: (inode) => inode,
  fd: (fd) => fd,
  iatt: (value) => value.copy({ iaSize: value.iaSize + 1 }),
  dict: (dict) => dict.copy().set('changed', 1),
  str: (text) => `${text}~`,
  int: (number) => number + 1,
  data: (data) => append(data),
  entries: (entries) => entries.map((entry) => entry.replace({ name: `${entry.name}~` })),
  statvfs: (value) => value.copy({ bfree: value.bfree + 1 }),
  flock: (value) => value.copy({ start: value.start + 1 }),
  lease: (value) => value.copy({ flags: value.flags + 1 }),
  locklist: (locks) => locks.map((lock) => lock.copy({ start: lock.start + 1 })),
};

/** The values, each exchanged for a changed one. */
export const change = (row, values) =>
  values.map((value, at) => (value === null ? null : CHANGE[row[at].type](value)));

const later = (lock) => {
  lock.start += 1;
};

const TOUCH = {
  iatt: (value) => {
    value.iaSize += 1;
  },
  dict: (dict) => void dict.set('changed', 1),
  entries: (entries) => {
    entries.forEach((entry, at) => {
      entries[at] = entry.replace({ name: `${entry.name}~` });
    });
  },
  statvfs: (value) => {
    value.bfree += 1;
  },
  flock: later,
  lease: (value) => {
    value.flags += 1;
  },
  locklist: (locks) => locks.forEach(later),
};

/** The same change, made to the values themselves where they can be changed. */
export const touch = (row, values) =>
  values.map((value, at) => {
    if (value === null) return null;
    const { type } = row[at];
    if (!(type in TOUCH)) return CHANGE[type](value);
    TOUCH[type](value);
    return value;
  });

const OWN = {
  iatt: () => new Iatt({ iaSize: 7, iaType: 1, iaGfid: '00000000-0000-0000-0000-000000000007' }),
  dict: () => new Dict({ own: 7, text: 'seven', data: Uint8Array.of(7, 255), half: 0.5 }),
  str: () => 'own',
  int: () => 7,
  data: () => new TextEncoder().encode('own'),
  entries: () => [],
  statvfs: () => new Statvfs({ bfree: 7 }),
  flock: () => new Flock({ start: 7, owner: '07' }),
  lease: () => new Lease({ flags: 7 }),
  locklist: () => [new Flock({ start: 7 }), new Flock({ start: 8 })],
};

/** A reply that no child gave; inodes and fds are those of the request, if it has any. */
export const ownReply = (row, args) =>
  row.reply.map(({ type }) => {
    if (type in OWN) return OWN[type]();
    const mine = (wanted) => args.find((_, at) => row.args[at].type === wanted);
    return mine(type) ?? (type === 'inode' ? mine('loc')?.inode : null) ?? null;
  });

/** What is said of it: 3, but that all of the data was written. */
export const ownRet = (row, args) => (row.name === 'writev' ? args[1].length : 3);
