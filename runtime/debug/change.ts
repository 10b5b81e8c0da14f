/** Changing the reply of a request that is stopped on its way up. */
import { Dict, type DictValue } from '../core/dict.ts';
import { errnoName, errnoNumber } from '../core/errno.ts';
import type { FopRow } from '../core/fops.ts';
import { isGfid } from '../core/gfid.ts';
import { Iatt, type Statvfs } from '../core/iatt.ts';
import { didYouMean } from '../core/nearest.ts';
import { structTypes } from '../core/struct-types.ts';
import { DebugError } from './debug-error.ts';
import type { Stop } from './engine.ts';
import { iaTypes } from './values.ts';

const ERRNO_MAX = 4095;
const GFID_FIELDS: ReadonlySet<string> = new Set(['ia_gfid', 'lease_id']);

/**
 * Sets a part of a stopped reply: `op_ret`, `op_errno`, a number or text, a field of an iatt
 * (`['buf', 'ia_size']`) or a key of a dict, which `null` takes away.
 * @param text as it is written: `-1`, `0644`, `ENOENT`, `"text"`
 * @throws {DebugError} what is wrong, in a sentence; nothing has changed then
 */
export function change(stop: Stop, path: readonly string[], text: string): void {
  if (stop.kind === 'wind') {
    throw new DebugError(
      'there is no reply yet to be changed: this is a wind (finish goes to the answer)',
    );
  }
  const [first = '', ...rest] = path;
  if (first === 'op_ret') setOpRet(stop, wholeOf(text, 'op_ret'));
  else if (first === 'op_errno') stop.opErrno = errnoOf(text);
  else setPart(stop, first, rest, text);
}

/** What a reply lacks to be a success, as the table of fops has it. */
function lacks({ row }: Stop['hop'], reply: readonly unknown[]): string[] {
  return row.reply
    .filter(({ needed }, i) => needed && (reply[i] ?? null) === null)
    .map(({ name }) => name);
}

function setOpRet(stop: Stop, opRet: number): void {
  const { hop, reply } = stop;
  if (opRet < -1)
    throw new DebugError(`op_ret is -1 for a failure, otherwise 0 or a count: not ${opRet}`);
  if (opRet >= 0) {
    const missing = lacks(hop, reply);
    if (missing.length > 0) {
      throw new DebugError(
        `a success of ${hop.row.name} needs ${missing.join(' and ')}, and this reply has none`,
      );
    }
    const most = mostOf(hop.row, reply);
    if (opRet > most)
      throw new DebugError(`op_ret of this ${hop.row.name} is ${most} at most: not ${opRet}`);
  }
  stop.opRet = opRet;
  // A failure has an errno.
  if (opRet < 0 && stop.opErrno === 0) stop.opErrno = errnoNumber('EIO')!;
}

function mostOf({ counts, reply: parts }: FopRow, reply: readonly unknown[]): number {
  if (counts === null) return 0;
  const at = parts.findIndex(({ name }) => name === counts.part);
  const part = reply[at];
  if (part instanceof Dict) return part.size;
  if (part instanceof Uint8Array || Array.isArray(part) || typeof part === 'string')
    return part.length;
  return Number.MAX_SAFE_INTEGER;
}

function setPart(stop: Stop, name: string, path: readonly string[], text: string): void {
  const { hop, reply } = stop;
  const { row } = hop;
  const at = row.reply.findIndex((part) => part.name === name);
  if (at < 0) {
    const names = ['op_ret', 'op_errno', ...row.reply.map((part) => part.name)];
    const guess = didYouMean(name, names) || `: there is ${names.join(', ')}`;
    throw new DebugError(`a reply of ${row.name} has no '${name}'${guess}`);
  }
  const { type } = row.reply[at]!;
  const [key, ...more] = path;
  const whole = more.length === 0 && key === undefined;
  if (type === 'int' && whole) reply[at] = wholeOf(text, name);
  else if (type === 'str' && whole) reply[at] = textOf(text, name);
  else if (type === 'dict' && key !== undefined && more.length === 0) {
    reply[at] = withKey(reply[at] as Dict | null, key, text);
  } else if ((type === 'iatt' || type === 'statvfs') && key !== undefined && more.length === 0) {
    reply[at] = withField(type, reply[at] as Iatt | Statvfs | null, key, text);
  } else {
    const how: Record<string, string> = {
      iatt: `one of its fields can: ${name}.ia_size`,
      statvfs: `one of its fields can: ${name}.f_bfree`,
      dict: `one of its keys can: ${name}["key"]`,
    };
    throw new DebugError(
      `${[name, ...path].join('.')} cannot be set: ${how[type] ?? `it is of the type ${type}`}`,
    );
  }
}

/** Copies: volumes may keep what they have answered with. */
function withField(
  type: 'iatt' | 'statvfs',
  held: Iatt | Statvfs | null,
  member: string,
  text: string,
): Iatt | Statvfs {
  const { fields, make } = structTypes[type];
  const found = fields.find(({ name, member: own }) => name === member || own === member);
  if (found === undefined) {
    const names = fields.map((field) => field.member);
    const guess = didYouMean(member, names) || `: there is ${names.join(', ')}`;
    throw new DebugError(`${type} has no field '${member}'${guess}`);
  }
  return Object.assign(make(), held, { [found.name]: fieldOf(found.member, text) });
}

function fieldOf(name: string, text: string): number | string {
  if (!GFID_FIELDS.has(name)) {
    const type = iaTypes.indexOf(text.toUpperCase());
    if (name === 'ia_type' && type >= 0) return type;
    const number = wholeOf(text, name);
    const most =
      name === 'ia_type'
        ? iaTypes.length - 1
        : name === 'ia_prot'
          ? 0o7777
          : Number.MAX_SAFE_INTEGER;
    const least = /time$/.test(name) ? Number.MIN_SAFE_INTEGER : 0;
    if (number < least || number > most)
      throw new DebugError(`${name} is from ${least} to ${most}: not ${text}`);
    return number;
  }
  const gfid = unquoted(text);
  if (!isGfid(gfid))
    throw new DebugError(`${name} is a gfid, 32 hexadecimal digits with dashes: not ${text}`);
  return gfid;
}

function withKey(held: Dict | null, key: string, text: string): Dict {
  const made = held?.copy() ?? new Dict();
  if (text === 'null') {
    if (!made.delete(key)) throw new DebugError(`there is no key '${key}' to take away`);
    return made;
  }
  const old = made.get(key);
  if (old instanceof Iatt)
    throw new DebugError(`the key '${key}' holds an iatt, which cannot be set`);
  const quoted = isQuoted(text);
  const value: DictValue = quoted ? unquoted(text) : numberOf(text, `the key '${key}'`);
  if (old instanceof Uint8Array && typeof value === 'string') {
    return made.set(key, new TextEncoder().encode(value), made.type(key));
  }
  const type = made.type(key);
  const stays = typeof old === typeof value && type !== 'gfuuid' && type !== undefined;
  return stays && Number.isInteger(value) === Number.isInteger(old)
    ? made.set(key, value, type)
    : made.set(key, value);
}

function errnoOf(text: string): number {
  const named = errnoNumber(text);
  if (named !== undefined) return named;
  if (
    /^\d+$/.test(text) &&
    Number(text) <= ERRNO_MAX &&
    !errnoName(Number(text)).startsWith('errno ')
  ) {
    return Number(text);
  }
  if (text === '0') return 0;
  throw new DebugError(`there is no errno '${text}': their names are as in errno(3), as ENOENT`);
}

/** Decimal, octal as in C (`0644`), or hexadecimal. */
function numberOf(text: string, what: string): number {
  const octal = /^0[0-7]+$/.test(text);
  const number = octal ? Number.parseInt(text, 8) : Number(text);
  if (text.trim() === '' || !Number.isFinite(number)) {
    throw new DebugError(`${what} is a number, or a text in quotes: not ${text || 'nothing'}`);
  }
  return number;
}

function wholeOf(text: string, what: string): number {
  const octal = /^0[0-7]+$/.test(text);
  const number = octal ? Number.parseInt(text, 8) : Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(number)) {
    throw new DebugError(`${what} is a whole number: not ${text || 'nothing'}`);
  }
  return number;
}

const isQuoted = (text: string): boolean => /^(["']).*\1$/s.test(text) && text.length > 1;
const unquoted = (text: string): string => (isQuoted(text) ? text.slice(1, -1) : text);

function textOf(text: string, what: string): string {
  if (!isQuoted(text))
    throw new DebugError(`${what} is a text, in quotes: not ${text || 'nothing'}`);
  return unquoted(text);
}
