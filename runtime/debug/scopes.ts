/** Shows the frames of a stopped request, from the current one up to the initiator, and their values. */
import type { Frame } from '../core/frame.ts';
import { printable } from '../core/log.ts';
import { maskOptions } from '../core/secrets.ts';
import type { Xlator } from '../core/xlator.ts';
import { DebugError } from './debug-error.ts';
import type { Stop } from './debugger.ts';
import { findReplyReceiver, type Hop, listArgumentPaths } from './hops.ts';
import {
  formatErrno,
  type ShownValue,
  showAny,
  showArgument,
  showInt,
  showText,
} from './shown-values.ts';

/** A volume in the call stack of a request. */
export interface FrameView {
  /** The frame's number; 0 is the current frame. */
  readonly level: number;
  readonly volume: string;
  readonly type: string;
  /** The fop, such as `lookup`; `lookup_cbk` when the volume is about to get a reply. */
  readonly fop: string;
  /** The paths in the fop's arguments. */
  readonly paths: readonly string[];
  /** The volume's position in the volfile, `FILE:LINE:COLUMN`. */
  readonly where: string | null;
}

/** A named group of values. */
export interface Scope {
  /**
   * `script` has what the volume's bridge notes about the request: the module's method, line and
   * `local`. `answered` has the same of the volume that sent the reply.
   */
  readonly name: 'reply' | 'answered' | 'script' | 'arguments' | 'frame' | 'volume';
  readonly values: readonly ShownValue[];
}

/** One volume of the call stack, with the objects from which its values are read. */
interface CallLevel {
  /** The volume's hop; null for the initiator, which no fop arrives at. */
  readonly hop: Hop | null;
  readonly xl: Xlator;
  /** The volume's frame; null if it has passed the frame on (`tail`). */
  readonly frame: Frame | null;
  readonly fop: string;
}

/** Lists the call stack of a stopped request, from the volume that is about to get the fop or reply. */
function listLevels({ kind, hop: stopped }: Stop): CallLevel[] {
  const levels: CallLevel[] = [];
  let fop = stopped.row.name;
  const add = (hop: Hop | null, xl: Xlator, frame: Frame | null): void => {
    levels.push({ hop, xl, frame: frame?.xl === xl ? frame : null, fop });
  };
  if (kind === 'unwind') fop = `${fop}_cbk`;
  else {
    add(stopped, stopped.xl, stopped.frame);
    fop = stopped.parentHop?.row.name ?? fop;
  }
  let topHop = stopped;
  for (let hop = stopped.parentHop; hop !== null; hop = hop.parentHop) {
    add(hop, hop.xl, hop.frame);
    fop = hop.parentHop?.row.name ?? hop.row.name;
    topHop = hop;
  }
  add(null, findReplyReceiver(topHop), topHop.frame.parent);
  return levels;
}

/** Finds a level by its number. @throws {DebugError} for an unknown number */
function findLevel(stop: Stop, level: number): CallLevel {
  const levels = listLevels(stop);
  const entry = levels[level];
  if (entry === undefined) {
    throw new DebugError(`there is no frame ${level}: they are 0 to ${levels.length - 1}`);
  }
  return entry;
}

/** Lists the frames of a stopped request, the current one first. */
export const listFrames = (stop: Stop): FrameView[] =>
  listLevels(stop).map(({ hop, xl, fop }, level) => ({
    level,
    volume: xl.name,
    type: xl.type,
    fop,
    paths: listArgumentPaths(hop ?? stop.hop),
    where: xl.position ?? null,
  }));

/** Lists the values of a frame in groups. @throws {DebugError} for an unknown frame */
export function listScopes(stop: Stop, level = 0): Scope[] {
  const { hop, xl, frame } = findLevel(stop, level);
  const scopes: Scope[] = [];
  if (level === 0 && stop.kind === 'unwind') {
    scopes.push({ name: 'reply', values: showReply(stop) });
  }
  const replierNotes = level === 0 && stop.kind === 'unwind' ? showNotes(stop.hop) : [];
  if (replierNotes.length > 0) scopes.push({ name: 'answered', values: replierNotes });
  const notes = hop === null ? [] : showNotes(hop);
  if (notes.length > 0) scopes.push({ name: 'script', values: notes });
  const argumentsHop = hop ?? (level === 0 ? stop.hop : null);
  if (argumentsHop !== null) {
    const values = argumentsHop.row.args.map((arg, i) => showArgument(arg, argumentsHop.args[i]));
    scopes.push({ name: 'arguments', values });
  }
  const values = showFrame(stop, frame);
  // If the notes have the module's own `local`, omit the frame's (the first value), which is the host's.
  const hasModuleLocal = notes.some(({ name }) => name === 'local');
  scopes.push({ name: 'frame', values: hasModuleLocal ? values.slice(1) : values });
  scopes.push({ name: 'volume', values: showVolume(xl) });
  return scopes;
}

/** Shows a module's notes as values, such as `('a', 1)`. */
const showNotes = ({ notes }: Hop): ShownValue[] =>
  Object.entries(notes).map(([name, text]) => ({
    ...showText(name, text),
    text: printable(text),
  }));

/** Shows op_ret, op_errno and the parts of a stopped reply. */
export const showReply = ({ hop, opRet, opErrno, reply }: Stop): ShownValue[] => [
  showInt('op_ret', String(opRet)),
  showInt('op_errno', formatErrno(opErrno)),
  ...hop.row.reply.map((arg, i) => showArgument(arg, reply[i])),
];

/** Shows the fields of the volume's frame, and the request's number and caller. */
function showFrame({ hop: { request } }: Stop, frame: Frame | null): ShownValue[] {
  const { unique, op, uid, gid, pid, lkOwner } = request.root;
  return [
    showAny('local', frame?.local ?? null),
    showInt('cookie', String(frame?.cookie ?? 0)),
    showInt('unique', String(unique)),
    showText('op', op),
    showInt('uid', String(uid)),
    showInt('gid', String(gid)),
    showInt('pid', String(pid)),
    showText('lk_owner', lkOwner),
  ];
}

/** Shows a volume's options, children and state. */
function showVolume(xl: Xlator): ShownValue[] {
  const options = maskOptions(xl.volfileOptions);
  const children = Object.fromEntries(xl.below.map(({ name, up }) => [name, up ? 'up' : 'down']));
  return [
    showText('name', xl.name),
    showText('type', xl.type),
    showAny('options', options),
    showAny('children', children),
    showAny('state', xl.initialised ? (xl.translator.dump?.(xl) ?? null) : null),
  ];
}
