/** Decodes records of the host: rows of doubles (bridges/compiled/area.ts). */
import { Args, Reply, Row, Values } from './arguments';
import { Dict, Item } from './dict';
import { Flock, Iatt, Lease, Statvfs } from './fields.gen';
import { NEEDS_PATH } from './needs';
import { decodeText } from './text';
import { Dirent, Fd, Inode, Loc, NULL_GFID } from './values';

/** Gfids that both sides remember, by slot. */
const gfids = new StaticArray<string>(257);
for (let i = 0; i < gfids.length; i++) gfids[i] = NULL_GFID;

const EMPTY: string = '';

let position: usize = 0;
let needsPath: bool = false;

export function beginRecord(address: usize, needs: u32): void {
  position = address;
  needsPath = (needs & NEEDS_PATH) != 0;
}

@inline export function readDouble(): f64 {
  const number = load<f64>(position);
  position += 8;
  return number;
}

@inline export function readInteger(): i64 {
  return <i64>readDouble();
}

@inline export function readInt(): i32 {
  return <i32>readDouble();
}

export function readText(): string | null {
  const length = readInt();
  if (length < 0) return null;
  const text = decodeText(position, length);
  position += (<usize>length + 8) & ~7;
  return text;
}

/** A text that is never null. */
export function readName(): string {
  const text = readText();
  return text === null ? EMPTY : text;
}

function readBytes(): Uint8Array {
  const length = max(readInt(), 0);
  const bytes = new Uint8Array(length);
  memory.copy(bytes.dataStart, position, length);
  position += (<usize>length + 8) & ~7;
  return bytes;
}

export function readGfid(): string {
  const slot = readInt();
  if (slot == 0) return NULL_GFID;
  if (slot < 0) return gfids[-slot];
  const gfid = decodeText(position, 36);
  position += 40;
  gfids[slot] = gfid;
  return gfid;
}

function readPath(): string | null {
  return needsPath ? readText() : null;
}

function readInode(): Inode | null {
  const id = readInteger();
  if (id == 0) return null;
  const type = readInteger();
  const gfid = readGfid();
  return new Inode(id, type, gfid, readPath());
}

export function readLoc(): Loc {
  const inode = readInode();
  const parent = readInode();
  const name = readText();
  const own = readGfid();
  const path = readPath();
  return new Loc(inode, parent, name, own == NULL_GFID && inode !== null ? inode.gfid : own, path);
}

function readFd(): Fd | null {
  const id = readInteger();
  if (id == 0) return null;
  const flags = readInteger();
  const pid = readInteger();
  const isDir = readInt() != 0;
  const inode = readInode();
  return new Fd(id, flags, pid, isDir, inode === null ? new Inode(0, 0, NULL_GFID, null) : inode);
}

function readIatt(): Iatt | null {
  return readInt() == 0 ? null : Iatt.read();
}

export function readDict(): Dict | null {
  const count = readInt();
  if (count < 0) return null;
  const dict = new Dict();
  for (let i = 0; i < count; i++) {
    const key = readName();
    const item = new Item(readInt());
    switch (item.letter) {
      case 0x6e:
        item.int = readInteger();
        break;
      case 0x75:
        item.int = <i64>(<u64>readDouble());
        break;
      case 0x67:
        item.double = readDouble();
        break;
      case 0x55:
        item.text = readGfid();
        break;
      case 0x61:
        item.iatt = readIatt();
        break;
      case 0x73:
        item.text = readName();
        break;
      default:
        item.bytes = readBytes();
    }
    dict.keys.push(key);
    dict.items.push(item);
  }
  dict.changed = false;
  return dict;
}

function readEntries(frame: i32, wind: i32, index: i32): Dirent[] | null {
  const count = readInt();
  if (count < 0) return null;
  const entries = new Array<Dirent>(count);
  for (let i = 0; i < count; i++) {
    const name = readName();
    const off = readInteger();
    const type = readInteger();
    const gfid = readGfid();
    const stat = readIatt();
    const entry = new Dirent(name, off, type, gfid, stat);
    entry.frame = frame;
    entry.wind = wind;
    entry.index = index;
    entry.position = i;
    entry.cameStat = stat;
    entries[i] = entry;
  }
  return entries;
}

function readLocks(): Flock[] | null {
  const count = readInt();
  if (count < 0) return null;
  const locks = new Array<Flock>(count);
  for (let i = 0; i < count; i++) locks[i] = Flock.read();
  return locks;
}

/** Reads the values whose kinds are these letters. */
function readValues(values: Values, letters: string, frame: i32, wind: i32): void {
  for (let i = 0; i < letters.length; i++) {
    switch (letters.charCodeAt(i)) {
      case 0x6e:
        values.setInteger(i, readInteger());
        break;
      case 0x6c:
        values.setObject(i, readLoc());
        break;
      case 0x69:
        values.setObject(i, readInode());
        break;
      case 0x66:
        values.setObject(i, readFd());
        break;
      case 0x61:
        values.setObject(i, readIatt());
        break;
      case 0x64:
        values.setObject(i, readDict());
        break;
      case 0x73:
        values.setObject(i, readText());
        break;
      case 0x62:
        // `Values.takeData` views the bytes.
        values.setInteger(i, readInteger() + 1);
        break;
      case 0x65:
        values.setObject(i, readEntries(frame, wind, i));
        break;
      case 0x6d:
        values.setObject(i, readLocks());
        break;
      case 0x76:
        values.setObject(i, readInt() == 0 ? null : Statvfs.read());
        break;
      case 0x6b:
        values.setObject(i, readInt() == 0 ? null : Flock.read());
        break;
      default:
        values.setObject(i, readInt() == 0 ? null : Lease.read());
    }
  }
}

export function readArguments(row: Row): Args {
  const args = new Args(row);
  readValues(args, row.args, 0, 0);
  return args;
}

export function readReply(row: Row, frame: i32, wind: i32, opRet: i64, opErrno: i32): Reply {
  const reply = new Reply(row);
  reply.opRet = opRet;
  reply.opErrno = opErrno;
  readValues(reply, row.reply, frame, wind);
  return reply;
}

/** Reads values that are of no use but for their gfids, which both sides remember. */
export function skipReply(row: Row): void {
  readReply(row, 0, 0, 0, 0);
}
