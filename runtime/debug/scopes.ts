/** Shows the frames of a stopped request, from the current one up to the initiator, and their values. */
import type { Frame } from '../core/frame.ts';
import { printable } from '../core/log.ts';
import { shownOptions } from '../core/secrets.ts';
import type { Xlator } from '../core/xlator.ts';
import { DebugError } from './debug-error.ts';
import type { Stop } from './debugger.ts';
import { type Hop, pathsOf, receiverOf } from './hops.ts';
import { anyValue, argValue, errnoText, intValue, textValue, type Value } from './shown-values.ts';

/** A volume in the call stack of a request. */
export interface FrameView {
  /** 0 is the current frame. */
  readonly level: number;
  readonly volume: string;
  readonly type: string;
  /** `lookup`; `lookup_cbk` when it is about to get a reply. */
  readonly fop: string;
  /** The paths of its arguments. */
  readonly paths: readonly string[];
  /** The volume's place in the volfile, `FILE:LINE:COLUMN`. */
  readonly where: string | null;
}

/** A named group of values. */
export interface Scope {
  /**
   * `script` has a bridge's notes about the request: method, line, `local`; `answered` those of the
   * volume that a reply comes from.
   */
  readonly name: 'reply' | 'answered' | 'script' | 'arguments' | 'frame' | 'volume';
  readonly values: readonly Value[];
}

interface Level {
  /** Null for the initiator. */
  readonly hop: Hop | null;
  readonly xl: Xlator;
  /** The volume's frame; null if it has handed the frame on. */
  readonly frame: Frame | null;
  readonly fop: string;
}

function levelsOf({ kind, hop: stopped }: Stop): Level[] {
  const levels: Level[] = [];
  let fop = stopped.row.name;
  const add = (hop: Hop | null, xl: Xlator, frame: Frame | null): void => {
    levels.push({ hop, xl, frame: frame?.xl === xl ? frame : null, fop });
  };
  if (kind === 'unwind') fop = `${fop}_cbk`;
  else {
    add(stopped, stopped.xl, stopped.frame);
    fop = stopped.above?.row.name ?? fop;
  }
  let last = stopped;
  for (let hop = stopped.above; hop !== null; hop = hop.above) {
    add(hop, hop.xl, hop.frame);
    fop = hop.above?.row.name ?? hop.row.name;
    last = hop;
  }
  add(null, receiverOf(last), last.frame.parent);
  return levels;
}

function levelOf(stop: Stop, level: number): Level {
  const levels = levelsOf(stop);
  const found = levels[level];
  if (found === undefined) {
    throw new DebugError(`there is no frame ${level}: they are 0 to ${levels.length - 1}`);
  }
  return found;
}

export const framesOf = (stop: Stop): FrameView[] =>
  levelsOf(stop).map(({ hop, xl, fop }, level) => ({
    level,
    volume: xl.name,
    type: xl.type,
    fop,
    paths: pathsOf(hop ?? stop.hop),
    where: xl.where ?? null,
  }));

/** @throws {DebugError} for an unknown frame */
export function scopesOf(stop: Stop, level = 0): Scope[] {
  const { hop, xl, frame } = levelOf(stop, level);
  const scopes: Scope[] = [];
  if (level === 0 && stop.kind === 'unwind') {
    scopes.push({ name: 'reply', values: replyValues(stop) });
  }
  const told = level === 0 && stop.kind === 'unwind' ? notesOf(stop.hop) : [];
  if (told.length > 0) scopes.push({ name: 'answered', values: told });
  const notes = hop === null ? [] : notesOf(hop);
  if (notes.length > 0) scopes.push({ name: 'script', values: notes });
  const called = hop ?? (level === 0 ? stop.hop : null);
  if (called !== null) {
    const values = called.row.args.map((arg, i) => argValue(arg, called.args[i]));
    scopes.push({ name: 'arguments', values });
  }
  const own = frameValues(stop, frame);
  const isNoted = notes.some(({ name }) => name === 'local');
  scopes.push({ name: 'frame', values: isNoted ? own.slice(1) : own });
  scopes.push({ name: 'volume', values: volumeValues(xl) });
  return scopes;
}

/** A module's notes as values, such as `('a', 1)`. */
const notesOf = ({ notes }: Hop): Value[] =>
  Object.entries(notes).map(([name, text]) => ({
    ...textValue(name, text),
    text: printable(text),
  }));

export const replyValues = ({ hop, opRet, opErrno, reply }: Stop): Value[] => [
  intValue('op_ret', String(opRet)),
  intValue('op_errno', errnoText(opErrno)),
  ...hop.row.reply.map((arg, i) => argValue(arg, reply[i])),
];

function frameValues({ hop: { request } }: Stop, frame: Frame | null): Value[] {
  const { unique, op, uid, gid, pid, lkOwner } = request.root;
  return [
    anyValue('local', frame?.local ?? null),
    intValue('cookie', String(frame?.cookie ?? 0)),
    intValue('unique', String(unique)),
    textValue('op', op),
    intValue('uid', String(uid)),
    intValue('gid', String(gid)),
    intValue('pid', String(pid)),
    textValue('lk_owner', lkOwner),
  ];
}

function volumeValues(xl: Xlator): Value[] {
  const options = shownOptions(xl.given);
  const children = Object.fromEntries(xl.below.map(({ name, up }) => [name, up ? 'up' : 'down']));
  return [
    textValue('name', xl.name),
    textValue('type', xl.type),
    anyValue('options', options),
    anyValue('children', children),
    anyValue('state', xl.initialised ? (xl.translator.dump?.(xl) ?? null) : null),
  ];
}
