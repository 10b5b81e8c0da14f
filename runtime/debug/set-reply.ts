/** Sets parts of a reply at which a request is stopped, for the debugger's command `set`. */
import { Dict, type DictValue } from '../core/dict.ts';
import { errnoName, errnoNumber } from '../core/errno.ts';
import type { FopRow } from '../core/fops.ts';
import { isGfid } from '../core/gfid.ts';
import { Iatt } from '../core/iatt.ts';
import { formatSuggestion } from '../core/nearest.ts';
import { isStructType, type StructType, structTypes } from '../core/struct-types.ts';
import { DebugError } from './debug-error.ts';
import type { Stop } from './debugger.ts';
import { iaTypes } from './shown-values.ts';

/** The largest errno of Linux (MAX_ERRNO). */
const ERRNO_MAX = 4095;
const GFID_FIELDS: ReadonlySet<string> = new Set(['ia_gfid', 'lease_id']);

/**
 * Sets a part of a stopped reply: `op_ret`, `op_errno`, a number or text, a field of an iatt
 * (`['buf', 'ia_size']`) or a key of a dict, which `null` deletes.
 * @param text as the user writes it: `-1`, `0644`, `ENOENT`, `"text"`
 * @throws {DebugError} for a wrong path or value; nothing has changed then
 */
export function setReplyPart(stop: Stop, path: readonly string[], text: string): void {
  if (stop.kind === 'wind') {
    throw new DebugError(
      'the request is stopped at a wind and has no reply yet: enter `finish` to run to the reply',
    );
  }
  const [part = ''] = path;
  if (part === 'op_ret') setOpRet(stop, readNumber(text, 'op_ret', true));
  else if (part === 'op_errno') stop.opErrno = readErrno(text);
  else setPart(stop, path, text);
}

/** Lists the parts that a successful reply of this fop needs and lacks. */
function listMissingParts({ row }: Stop['hop'], reply: readonly unknown[]): string[] {
  return row.reply
    .filter(({ needed }, i) => needed && (reply[i] ?? null) === null)
    .map(({ name }) => name);
}

/** Sets op_ret. @throws {DebugError} if the reply's parts do not fit it */
function setOpRet(stop: Stop, opRet: number): void {
  const { hop, reply } = stop;
  if (opRet < -1)
    throw new DebugError(`op_ret is -1 for a failure, otherwise 0 or a count: not ${opRet}`);
  if (opRet >= 0) {
    const missing = listMissingParts(hop, reply);
    if (missing.length > 0) {
      throw new DebugError(
        `a success of ${hop.row.name} needs ${missing.join(' and ')}, which this reply lacks: set it first`,
      );
    }
    const max = findMaxOpRet(hop.row, reply);
    if (opRet > max)
      throw new DebugError(`op_ret of this ${hop.row.name} is ${max} at most: not ${opRet}`);
  }
  stop.opRet = opRet;
  // A failure needs an errno: EIO until the user sets another.
  if (opRet < 0 && stop.opErrno === 0) stop.opErrno = errnoNumber('EIO')!;
}

/** Finds the greatest op_ret of a successful reply: the length or size of the part that it counts. */
function findMaxOpRet({ counts, reply: parts }: FopRow, reply: readonly unknown[]): number {
  if (counts === null) return 0;
  const index = parts.findIndex(({ name }) => name === counts.part);
  const part = reply[index];
  if (part instanceof Dict) return part.size;
  if (part instanceof Uint8Array || Array.isArray(part) || typeof part === 'string')
    return part.length;
  return Number.MAX_SAFE_INTEGER;
}

/** Sets a part other than op_ret and op_errno. */
function setPart({ hop: { row }, reply }: Stop, path: readonly string[], text: string): void {
  const [name = '', key, ...more] = path;
  const index = row.reply.findIndex((part) => part.name === name);
  if (index < 0) {
    const names = ['op_ret', 'op_errno', ...row.reply.map((part) => part.name)];
    throw makeUnknownNameError(`a reply of ${row.name} has no '${name}'`, name, names);
  }
  const { type } = row.reply[index]!;
  const isStruct = isStructType(type) && type in SETTABLE_EXAMPLES;
  if (key === undefined && type === 'int') reply[index] = readNumber(text, name, true);
  else if (key === undefined && type === 'str') reply[index] = readText(text, name);
  else if (key !== undefined && more.length === 0 && type === 'dict') {
    reply[index] = makeDictWithKey(reply[index] as Dict | null, key, text);
  } else if (key !== undefined && more.length === 0 && isStruct) {
    reply[index] = makeStructWithField(type, reply[index] as object | null, key, text);
  } else {
    const example = SETTABLE_EXAMPLES[type];
    const hint =
      example === undefined
        ? `it is of the type ${type}`
        : `one of its ${type === 'dict' ? 'keys' : 'fields'} can: ${name}${example}`;
    throw new DebugError(`${path.join('.')} cannot be set: ${hint}`);
  }
}

/** Types with parts that can be set, and an example of a part. */
const SETTABLE_EXAMPLES: Readonly<Record<string, string>> = {
  iatt: '.ia_size',
  statvfs: '.f_bfree',
  dict: '["key"]',
};

/** Makes the error for an unknown name: suggests the nearest name, or lists all. */
const makeUnknownNameError = (
  message: string,
  name: string,
  names: readonly string[],
): DebugError =>
  new DebugError(message + (formatSuggestion(name, names) || ` (one of ${names.join(', ')})`));

/** Copies a struct and sets a field of the copy: a volume may still use the object with which it replied. */
function makeStructWithField(
  type: StructType,
  current: object | null,
  member: string,
  text: string,
): object {
  const { fields, make } = structTypes[type];
  // Accepts the name in TypeScript (`iaSize`), and GlusterFS's (`ia_size`).
  const field = fields.find(({ name, member: cName }) => name === member || cName === member);
  if (field === undefined) {
    const names = fields.map((field) => field.member);
    throw makeUnknownNameError(`${type} has no field '${member}'`, member, names);
  }
  return Object.assign(make(), current, { [field.name]: readField(field.member, text) });
}

/** The least and the greatest value of fields with narrow bounds. */
const FIELD_LIMITS: Readonly<Record<string, readonly [number, number]>> = {
  ia_type: [0, iaTypes.length - 1],
  ia_prot: [0, 0o7777],
};

/** Reads the value of a struct's field: a gfid, a type's name, or a whole number. @throws {DebugError} */
function readField(name: string, text: string): number | string {
  if (GFID_FIELDS.has(name)) {
    const gfid = removeQuotes(text) ?? text;
    if (isGfid(gfid)) return gfid;
    throw new DebugError(`${name} is a gfid, 32 hexadecimal digits with dashes: not ${text}`);
  }
  const type = name === 'ia_type' ? iaTypes.indexOf(text.toUpperCase()) : -1;
  if (type >= 0) return type;
  const number = readNumber(text, name, true);
  const defaultMin = name.endsWith('time') ? Number.MIN_SAFE_INTEGER : 0;
  const [min, max] = FIELD_LIMITS[name] ?? [defaultMin, Number.MAX_SAFE_INTEGER];
  if (number >= min && number <= max) return number;
  throw new DebugError(`${name} is from ${min} to ${max}: not ${text}`);
}

/** Copies a dict and sets a key of the copy, or deletes it for the text `null`. */
function makeDictWithKey(current: Dict | null, key: string, text: string): Dict {
  const copy = current?.copy() ?? new Dict();
  if (text === 'null') {
    if (!copy.delete(key)) throw new DebugError(`there is no key '${key}' to delete`);
    return copy;
  }
  const old = copy.get(key);
  if (old instanceof Iatt)
    throw new DebugError(`the key '${key}' holds an iatt, which cannot be set`);
  const value: DictValue = removeQuotes(text) ?? readNumber(text, `the key '${key}'`, false);
  const type = copy.type(key);
  if (old instanceof Uint8Array && typeof value === 'string') {
    return copy.set(key, new TextEncoder().encode(value), type);
  }
  // A value of the same kind keeps the key's type; otherwise the type follows from the value.
  const keepsType = typeof old === typeof value && type !== 'gfuuid' && type !== undefined;
  return keepsType && Number.isInteger(value) === Number.isInteger(old)
    ? copy.set(key, value, type)
    : copy.set(key, value);
}

/** Reads an errno by name or number; 0 is allowed. @throws {DebugError} for an unknown one */
function readErrno(text: string): number {
  const errno = errnoNumber(text) ?? (/^\d+$/.test(text) ? Number(text) : -1);
  const isKnown = errno > 0 && errno <= ERRNO_MAX && !errnoName(errno).startsWith('errno ');
  if (isKnown || errno === 0) return errno;
  throw new DebugError(`there is no errno '${text}': their names are as in errno(3), as ENOENT`);
}

/** Reads a number in decimal, octal as in C (`0644`), or hexadecimal. @throws {DebugError} */
function readNumber(text: string, subject: string, isWhole: boolean): number {
  const number = /^0[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number(text);
  const isInRange = isWhole ? Number.isSafeInteger(number) : Number.isFinite(number);
  if (text.trim() !== '' && isInRange) return number;
  const kind = isWhole ? 'whole number' : 'number, or a text in quotes';
  throw new DebugError(`${subject} is a ${kind}: not ${text || 'nothing'}`);
}

/** Returns the text within quotes; null if `text` has no quotes. */
const removeQuotes = (text: string): string | null => /^(["'])(.*)\1$/s.exec(text)?.[2] ?? null;

/** Reads a text in quotes. @throws {DebugError} without quotes */
function readText(text: string, subject: string): string {
  const content = removeQuotes(text);
  if (content !== null) return content;
  throw new DebugError(`${subject} is a text, in quotes: not ${text || 'nothing'}`);
}
