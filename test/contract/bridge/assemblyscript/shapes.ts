/** Shared code of the contract's modules: describes values as JSON, changes and makes them. */
import {
  Answer,
  Args,
  Dict,
  Dirent,
  Fd,
  Flock,
  Frame,
  Iatt,
  Inode,
  Lease,
  Loc,
  log,
  Reply,
  Statvfs,
  Values,
  volume,
} from 'glossa';

// -- describing -----------------------------------------------------------------------------------

const DIGITS = '0123456789abcdef';

function hexOf(number: u32, digits: i32): string {
  let text = '';
  for (let i = digits - 1; i >= 0; i--) text += DIGITS.charAt((number >> (4 * i)) & 15);
  return text;
}

/** A JSON string. */
export function json(text: string): string {
  let shown = '"';
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit == 0x22 || unit == 0x5c) shown += '\\' + String.fromCharCode(unit);
    else if (unit >= 0x20 && unit <= 0x7e) shown += String.fromCharCode(unit);
    else shown += '\\u' + hexOf(unit, 4);
  }
  return shown + '"';
}

function jsonOrNull(text: string | null): string {
  return text === null ? 'null' : json(text);
}

function hex(bytes: Uint8Array): string {
  let text = '"';
  for (let i = 0; i < bytes.length; i++) text += hexOf(bytes[i], 2);
  return text + '"';
}

export function jsonReal(number: f64): string {
  if (isNaN(number)) return '"NaN"';
  if (!isFinite(number)) return number > 0 ? '"Infinity"' : '"-Infinity"';
  return number.toString();
}

function describeDict(dict: Dict): string {
  const pairs: string[] = [];
  for (let i = 0; i < dict.size; i++) {
    const item = dict.items[i];
    let type = 'int';
    let value = item.int.toString();
    switch (item.letter) {
      case 0x75:
        type = 'uint';
        break;
      case 0x67:
        type = 'double';
        value = jsonReal(item.double);
        break;
      case 0x73:
        type = 'str';
        value = json(item.text);
        break;
      case 0x55:
        type = 'gfuuid';
        value = json(item.text);
        break;
      case 0x62:
        type = 'bin';
        value = hex(item.bytes!);
        break;
      case 0x4d:
        type = 'mdata';
        value = hex(item.bytes!);
        break;
      case 0x61:
        type = 'iatt';
        value = item.iatt!.toString();
        break;
      default:
    }
    pairs.push(`[${json(dict.keys[i])},"${type}",${value}]`);
  }
  return `[${pairs.join(',')}]`;
}

function describeValue(values: Values, slot: i32, letter: i32): string {
  if (letter == 0x6e) return values.getInteger(slot).toString();
  if (letter == 0x62) {
    const bytes = values.viewData(slot);
    return bytes === null ? 'null' : hex(bytes);
  }
  const object = values.getObject(slot);
  if (object === null) return 'null';
  switch (letter) {
    case 0x6c: {
      const it = changetype<Loc>(object);
      const inode = it.inode;
      const gfid = inode === null ? 'null' : json(inode.gfid);
      return `[${jsonOrNull(it.name)},${json(it.gfid)},${json(it.pargfid)},${jsonOrNull(it.path)},${gfid}]`;
    }
    case 0x69: {
      const it = changetype<Inode>(object);
      return `[${json(it.gfid)},${it.iaType}]`;
    }
    case 0x66: {
      const it = changetype<Fd>(object);
      return `[${json(it.inode.gfid)},${it.flags},${it.pid},${it.isDir}]`;
    }
    case 0x61:
      return changetype<Iatt>(object).toString();
    case 0x64:
      return describeDict(changetype<Dict>(object));
    case 0x73:
      return json(changetype<string>(object));
    case 0x65: {
      const shown: string[] = [];
      const entries = changetype<Dirent[]>(object);
      for (let i = 0; i < entries.length; i++) {
        const it = entries[i];
        const stat = it.stat;
        const attributes = stat === null ? 'null' : stat.toString();
        shown.push(`[${json(it.name)},${it.off},${it.type},${json(it.gfid)},${attributes}]`);
      }
      return `[${shown.join(',')}]`;
    }
    case 0x76:
      return changetype<Statvfs>(object).toString();
    case 0x6b:
      return changetype<Flock>(object).toString();
    case 0x7a:
      return changetype<Lease>(object).toString();
    default: {
      const shown: string[] = [];
      const locks = changetype<Flock[]>(object);
      for (let i = 0; i < locks.length; i++) shown.push(locks[i].toString());
      return `[${shown.join(',')}]`;
    }
  }
}

/** Everything about values, as JSON. */
export function describe(values: Values, letters: string): string {
  const shown: string[] = [];
  for (let i = 0; i < letters.length; i++)
    shown.push(describeValue(values, i, letters.charCodeAt(i)));
  return `[${shown.join(',')}]`;
}

// -- changing -------------------------------------------------------------------------------------

function addTilde(bytes: Uint8Array): Uint8Array {
  const longer = new Uint8Array(bytes.length + 1);
  longer.set(bytes);
  longer[bytes.length] = 0x7e;
  return longer;
}

/** Changes all values in place, where that is possible. */
export function changeAll(values: Values, letters: string): void {
  for (let i = 0; i < letters.length; i++) {
    const letter = letters.charCodeAt(i);
    if (letter == 0x6e) values.putInteger(i, values.getInteger(i) + 1);
    else if (letter == 0x62) {
      const bytes = values.takeData(i);
      if (bytes !== null) values.putObject(i, addTilde(bytes));
    } else changeObject(values, i, letter);
  }
}

function changeObject(values: Values, slot: i32, letter: i32): void {
  const object = values.takeObject(slot);
  if (object === null) return;
  switch (letter) {
    case 0x6c: {
      const it = changetype<Loc>(object);
      const name = it.name;
      if (name !== null) values.putObject(slot, it.withName(name + '~'));
      break;
    }
    case 0x73:
      values.putObject(slot, changetype<string>(object) + '~');
      break;
    case 0x61:
      changetype<Iatt>(object).iaSize++;
      break;
    case 0x64:
      changetype<Dict>(object).set('changed', 1);
      break;
    case 0x65: {
      const entries = changetype<Dirent[]>(object);
      for (let i = 0; i < entries.length; i++) entries[i].name += '~';
      break;
    }
    case 0x76:
      changetype<Statvfs>(object).bfree++;
      break;
    case 0x6b:
      changetype<Flock>(object).start++;
      break;
    case 0x7a:
      changetype<Lease>(object).flags++;
      break;
    case 0x6d: {
      const locks = changetype<Flock[]>(object);
      for (let i = 0; i < locks.length; i++) locks[i].start++;
      break;
    }
    default:
  }
}

// -- making ---------------------------------------------------------------------------------------

function makeValue(args: Args, letter: i32): Object | null {
  switch (letter) {
    case 0x61: {
      const iatt = new Iatt();
      iatt.iaSize = 7;
      iatt.iaType = 1;
      iatt.iaGfid = '00000000-0000-0000-0000-000000000007';
      return iatt;
    }
    case 0x64: {
      const data = new Uint8Array(2);
      data[0] = 7;
      data[1] = 0xff;
      return new Dict().set('own', 7).set('text', 'seven').set('data', data).set('half', 0.5);
    }
    case 0x73:
      return 'own';
    case 0x62:
      return Uint8Array.wrap(String.UTF8.encode('own'));
    case 0x65:
      return new Array<Dirent>();
    case 0x76: {
      const statvfs = new Statvfs();
      statvfs.bfree = 7;
      return statvfs;
    }
    case 0x6b: {
      const flock = new Flock();
      flock.start = 7;
      flock.owner = '07';
      return flock;
    }
    case 0x7a: {
      const lease = new Lease();
      lease.flags = 7;
      return lease;
    }
    case 0x6d: {
      const locks = [new Flock(), new Flock()];
      locks[0].start = 7;
      locks[1].start = 8;
      return locks;
    }
    case 0x69: {
      const slot = args.row.args.indexOf('l');
      return slot < 0 ? null : changetype<Loc>(args.getObject(slot)).inode;
    }
    default: {
      const slot = args.row.args.indexOf('f');
      return slot < 0 ? null : args.getObject(slot);
    }
  }
}

/** Makes a reply that no child gave. An inode or fd is one of the request's, if it has any. */
export function makeOwnReply(args: Args, opRet: i64, opErrno: i32 = 0): Reply {
  const reply = new Reply(args.row);
  reply.opRet = opRet;
  reply.opErrno = opErrno;
  const letters = args.row.reply;
  for (let i = 0; i < letters.length; i++) {
    const letter = letters.charCodeAt(i);
    if (letter == 0x6e) reply.putInteger(i, 7);
    else reply.putObject(i, makeValue(args, letter));
  }
  return reply;
}

/** The opRet of a reply: that all of the data was written, or else `otherwise`. */
export function ownRet(args: Args, otherwise: i64): i64 {
  return args.row.name == 'writev' ? args.viewData(1)!.length : otherwise;
}

/** Keeps a request, and calls `then` with it after so many seconds. */
export function holdUntil(frame: Frame, seconds: f64, then: (frame: Frame) => void): Answer {
  volume.after(seconds, then, frame);
  return frame.hold();
}

/** Logs a name that was created (+) or removed (-). */
export function logName(sign: string, loc: Loc): void {
  log.info(`${sign}${loc.name!} ${loc.pargfid.charAt(35)}`);
}
