/** Encodes messages for the host: rows of doubles (bridges/compiled/messages.ts). */
import { Dict } from './dict';
import { Flock, Iatt, Lease, Statvfs } from './fields.gen';
import { encodeText } from './text';
import { Dirent, Fd, Inode, Loc } from './values';

export const KIND_LOG = 1;
export const KIND_WIND = 2;
export const KIND_TAIL = 3;
export const KIND_UNWIND = 4;
export const KIND_FAILED = 5;
export const KIND_TRACK = 6;
export const KIND_TRACK_FD = 7;
export const KIND_CLOSE_FD = 8;
export const KIND_TIMER = 9;
export const KIND_UNTIMER = 10;
export const KIND_TOLD = 11;
export const KIND_INVALIDATE = 12;
export const KIND_UP = 13;

/** The wind that stands for an entry of one's own. */
const OWN_ENTRY = -2;

let capacity: usize = 16384;
let start: usize = heap.alloc(capacity);
let length: usize = 0;

/** The method that runs, for the places of messages. */
let method: string = '-';

export function setMethod(name: string): void {
  method = name;
}

export function clearMessages(): void {
  length = 0;
}

/** The address of the messages. */
export function messagesAddress(): usize {
  return start;
}

/** The number of doubles in the messages. */
export function countDoubles(): i32 {
  return <i32>(length >> 3);
}

function reserve(bytes: usize): void {
  if (length + bytes <= capacity) return;
  capacity = max(capacity * 2, length + bytes);
  start = heap.realloc(start, capacity);
}

export function sayDouble(number: f64): void {
  reserve(8);
  store<f64>(start + length, number);
  length += 8;
}

@inline export function say(number: i64): void {
  sayDouble(<f64>number);
}

/** Ends bytes: at least one zero, up to the next double. */
function pad(count: usize): void {
  const padded = (count & ~7) + 8;
  const end = start + length;
  for (let i = count; i < padded; i++) store<u8>(end + i, 0);
  length += padded;
}

export function sayText(text: string): void {
  reserve(<usize>text.length * 3 + 24);
  const at = start + length;
  length += 8;
  const count = encodeText(text, at + 8);
  store<f64>(at, <f64>count);
  pad(count);
}

export function sayTextOrNull(text: string | null): void {
  if (text === null) say(-1);
  else sayText(text);
}

export function sayBytes(bytes: Uint8Array): void {
  const count = <usize>bytes.byteLength;
  reserve(count + 24);
  store<f64>(start + length, <f64>bytes.byteLength);
  length += 8;
  memory.copy(start + length, bytes.dataStart, count);
  pad(count);
}

export function sayNumber(kind: i32, number: i64): void {
  say(kind);
  say(number);
}

/** Writes a place: file, line and method. AssemblyScript does not tell a function its caller's line. */
export function sayPlace(): void {
  sayText('-');
  say(0);
  sayText(method);
}

/** Begins a decision about a request. */
export function sayVerb(kind: i32, id: i32): void {
  say(kind);
  say(id);
  sayPlace();
}

function sayInode(inode: Inode | null): void {
  say(inode === null ? 0 : inode.id);
}

function sayLoc(loc: Loc): void {
  sayInode(loc.inode);
  sayInode(loc.parent);
  sayTextOrNull(loc.name);
  sayText(loc.gfid);
}

export function sayDict(dict: Dict): void {
  const count = dict.size;
  say(count);
  for (let i = 0; i < count; i++) {
    const item = dict.items[i];
    sayText(dict.keys[i]);
    say(item.letter);
    switch (item.letter) {
      case 0x6e:
        say(item.int);
        break;
      case 0x75:
        sayDouble(<f64>(<u64>item.int));
        break;
      case 0x67:
        sayDouble(item.double);
        break;
      case 0x73:
      case 0x55:
        sayText(item.text);
        break;
      case 0x61:
        item.iatt!.write();
        break;
      default:
        sayBytes(item.bytes!);
    }
  }
}

function sayEntry(entry: Dirent, frame: i32): void {
  sayText(entry.name);
  say(entry.off);
  say(entry.type);
  sayText(entry.gfid);
  const came = entry.frame == frame && frame != 0;
  say(came ? entry.wind : OWN_ENTRY);
  say(came ? entry.index : 0);
  say(came ? entry.position : 0);
  const stat = entry.stat;
  if (stat === null) say(0);
  else if (came && stat === entry.cameStat && !stat.changed) say(2);
  else {
    say(1);
    stat.write();
  }
}

/** Writes that a value is the one with this index that came with this wind (-1: the fop's own). */
export function sayAsItCame(wind: i32, index: i32): void {
  say(0x3d);
  say(wind);
  say(index);
}

/** Writes an object in full. @param frame the serial number of the frame that it is sent for */
export function sayObject(letter: i32, value: Object | null, frame: i32): void {
  if (value === null) {
    say(0);
    return;
  }
  say(letter);
  switch (letter) {
    case 0x6c:
      sayLoc(changetype<Loc>(value));
      break;
    case 0x69:
      say(changetype<Inode>(value).id);
      break;
    case 0x66:
      say(changetype<Fd>(value).id);
      break;
    case 0x61:
      changetype<Iatt>(value).write();
      break;
    case 0x64:
      sayDict(changetype<Dict>(value));
      break;
    case 0x73:
      sayText(changetype<string>(value));
      break;
    case 0x62:
      sayBytes(changetype<Uint8Array>(value));
      break;
    case 0x65: {
      const entries = changetype<Dirent[]>(value);
      say(entries.length);
      for (let i = 0; i < entries.length; i++) sayEntry(entries[i], frame);
      break;
    }
    case 0x76:
      changetype<Statvfs>(value).write();
      break;
    case 0x6b:
      changetype<Flock>(value).write();
      break;
    case 0x7a:
      changetype<Lease>(value).write();
      break;
    default: {
      const locks = changetype<Flock[]>(value);
      say(locks.length);
      for (let i = 0; i < locks.length; i++) locks[i].write();
    }
  }
}
