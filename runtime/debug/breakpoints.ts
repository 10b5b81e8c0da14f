/** Parses the breakpoints of a debugger (`debugger.ts`), and matches requests against them. */
import type { FopName } from '../core/gen/fops.gen.ts';
import { checkVolume, parseErrno, parseFop, parsePathPattern } from '../observe/filter.ts';
import { DebugError } from './debug-error.ts';

/** The condition at which a request is stopped; `parseStopCondition` explains the syntax. */
export interface StopCondition {
  /** Null matches any fop; the same holds for volume, path and errno. */
  readonly fop: FopName | null;
  readonly volume: string | null;
  readonly path: RegExp | null;
  readonly errno: number | null;
  /** The event: the fop arrives at the volume, the volume replies, or a reply arrives at the volume. */
  readonly event: 'wind' | 'answer' | 'reply';
  /** Whether the reply must differ from all replies that the volume got from below. */
  readonly mustDiffer: boolean;
}

/** A breakpoint that the user has set. */
export interface Breakpoint extends StopCondition {
  /** The breakpoint's number, from 1 on; never reused. */
  readonly id: number;
  /** The breakpoint as the user typed it. */
  readonly text: string;
  /** The number of stops at this breakpoint. */
  hits: number;
}

/** The current position of a request. */
export interface RequestPosition {
  readonly kind: 'wind' | 'unwind';
  readonly fop: FopName;
  /** The volume that the fop arrives at, or that replies. */
  readonly volume: string;
  /** The volume that the reply arrives at. */
  readonly receiver: string;
  /** Returns the paths in the request's arguments. */
  readonly findPaths: () => readonly string[];
  /** The errno of the reply; 0 for a success. */
  readonly errno: number;
  /** Whether the volume's reply differs from all replies that it got from below. */
  readonly hasChangedReply: () => boolean;
}

const USAGE =
  'a breakpoint is FOP, FOP@VOLUME, FOP_cbk@VOLUME, @VOLUME, changed@VOLUME, path PATTERN, ' +
  'errno NAME, or several of these';
/** The suffix of a fop's callback. */
const CBK_SUFFIX = '_cbk';

/**
 * Parses a breakpoint. A request must meet all of its words:
 *
 *   lookup              a lookup comes into the graph
 *   lookup@cache        a lookup arrives at the volume 'cache'
 *   @cache              any fop arrives at 'cache'
 *   lookup_cbk@cache    the reply to a lookup arrives at the callback of 'cache'
 *   changed@cache       'cache' replies with other values than those from below
 *   errno ENOENT        a reply has this errno; a reply of 'cache': @cache errno ENOENT
 *   path /src/**        the request is for such a path: lookup path /src/*
 *
 * A breakpoint without a volume stops a request once, at its first match.
 *
 * @param volumeNames the names of the graph's volumes
 * @throws {DebugError | FilterError} with the mistake and the possible words
 */
export function parseStopCondition(text: string, volumeNames: readonly string[]): StopCondition {
  const words = text.trim().split(/\s+/);
  if (words[0] === '') throw new DebugError(`no breakpoint was given: ${USAGE}`);
  let target: Pick<StopCondition, 'fop' | 'volume' | 'event' | 'mustDiffer'> | null = null;
  let path: RegExp | null = null;
  let errno: number | null = null;
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word === 'path' || word === 'errno') {
      i += 1;
      const value = words[i];
      if (value === undefined) throw new DebugError(`'${word}' lacks its value: ${USAGE}`);
      if (word === 'path') path = parsePathPattern(value);
      else errno = parseErrno(value);
    } else if (target === null) target = parseFopAtVolume(word, volumeNames);
    else throw new DebugError(`'${word}' is one word too many: ${USAGE}`);
  }
  const { fop = null, volume = null, event = 'wind', mustDiffer = false } = target ?? {};
  // A condition on the errno needs a reply: that of the volume.
  const replyEvent = event === 'wind' && errno !== null ? 'answer' : event;
  return { fop, volume, path, errno, event: replyEvent, mustDiffer };
}

/** Parses the word with fop and volume: `FOP@VOLUME`, or one of its other forms. */
function parseFopAtVolume(word: string, volumeNames: readonly string[]) {
  const atSignIndex = word.indexOf('@');
  const name = atSignIndex < 0 ? word : word.slice(0, atSignIndex);
  const volume = atSignIndex < 0 ? null : word.slice(atSignIndex + 1);
  if (volume !== null) checkVolume(volume, volumeNames);
  if (name === 'changed') {
    if (volume === null) throw new DebugError('changed lacks its volume: changed@VOLUME');
    return { fop: null, volume, event: 'answer', mustDiffer: true } as const;
  }
  const isCbk = name.endsWith(CBK_SUFFIX);
  const fop = isCbk ? name.slice(0, -CBK_SUFFIX.length) : name;
  return {
    fop: fop === '' && volume !== null && !isCbk ? null : parseFop(fop),
    volume,
    event: isCbk ? 'reply' : 'wind',
    mustDiffer: false,
  } as const;
}

/** Whether a request at this position meets all conditions of a breakpoint. */
export function matchesBreakpoint(condition: StopCondition, position: RequestPosition): boolean {
  const { fop, volume, path, errno, event, mustDiffer } = condition;
  if ((event === 'wind') !== (position.kind === 'wind')) return false;
  if (fop !== null && fop !== position.fop) return false;
  if (volume !== null && volume !== (event === 'reply' ? position.receiver : position.volume))
    return false;
  if (errno !== null && errno !== position.errno) return false;
  if (path !== null && !position.findPaths().some((name) => path.test(name))) return false;
  return !mustDiffer || position.hasChangedReply();
}
