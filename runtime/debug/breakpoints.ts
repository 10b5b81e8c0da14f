/**
 * Breakpoints, as a person writes them. Words that stand together all have to fit:
 *
 *   lookup              a lookup comes into the graph
 *   lookup@cache        it arrives at the volume 'cache'
 *   @cache              whatever arrives there
 *   lookup_cbk@cache    its reply arrives at the callback of 'cache'
 *   changed@cache       'cache' answers something else than what came up to it
 *   errno ENOENT        a reply with this errno; of 'cache': @cache errno ENOENT
 *   path /src/**        the request is for such a path: lookup path /src/*
 *
 * One that names no volume stops a request once, where it first fits.
 */
import type { FopName } from '../core/gen/fops.gen.ts';
import { checkVolume, errnoNamed, fopNamed, pathPattern } from '../observe/filter.ts';
import { DebugError } from './debug-error.ts';

export interface Condition {
  /** Null: any; so are the others. */
  readonly fop: FopName | null;
  readonly volume: string | null;
  readonly path: RegExp | null;
  readonly errno: number | null;
  /** Where it fits: a wind arrives, a volume answers, or a reply arrives. */
  readonly at: 'wind' | 'answer' | 'reply';
  /** The reply is none of those that came up to the volume. */
  readonly changed: boolean;
}

export interface Breakpoint extends Condition {
  /** From 1 on, never used again. */
  readonly id: number;
  readonly text: string;
  /** How often it has stopped a request. */
  hits: number;
}

/** A place where a request has come to. */
export interface Place {
  readonly kind: 'wind' | 'unwind';
  readonly fop: FopName;
  /** The volume that the fop arrives at, or that answers. */
  readonly volume: string;
  /** The volume that the reply arrives at. */
  readonly upper: string;
  /** Of its arguments. */
  readonly paths: () => readonly string[];
  /** Of the reply; 0 for a success. */
  readonly errno: number;
  readonly changed: () => boolean;
}

const USAGE =
  'a breakpoint is FOP, FOP@VOLUME, FOP_cbk@VOLUME, @VOLUME, changed@VOLUME, path PATTERN, ' +
  'errno NAME, or several of these';
const CBK = '_cbk';

/**
 * @param known the graph's volumes
 * @throws {DebugError | FilterError} a sentence that says what is wrong, and what there is
 */
export function parseCondition(text: string, known: readonly string[]): Condition {
  const words = text.trim().split(/\s+/);
  if (words[0] === '') throw new DebugError(`what is it to stop at? ${USAGE}`);
  let where: Pick<Condition, 'fop' | 'volume' | 'at' | 'changed'> | null = null;
  let path: RegExp | null = null;
  let errno: number | null = null;
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word === 'path' || word === 'errno') {
      i += 1;
      const value = words[i];
      if (value === undefined) throw new DebugError(`'${word}' lacks its value: ${USAGE}`);
      if (word === 'path') path = pathPattern(value);
      else errno = errnoNamed(value);
    } else if (where === null) where = parsePlace(word, known);
    else throw new DebugError(`'${word}' is one word too many: ${USAGE}`);
  }
  const { fop = null, volume = null, at = 'wind', changed = false } = where ?? {};
  return { fop, volume, path, errno, at: at === 'wind' && errno !== null ? 'answer' : at, changed };
}

/** `FOP@VOLUME` and its like. */
function parsePlace(word: string, known: readonly string[]) {
  const sign = word.indexOf('@');
  const name = sign < 0 ? word : word.slice(0, sign);
  const volume = sign < 0 ? null : word.slice(sign + 1);
  if (volume !== null) checkVolume(volume, known);
  if (name === 'changed') {
    if (volume === null) throw new DebugError('changed lacks its volume: changed@VOLUME');
    return { fop: null, volume, at: 'answer', changed: true } as const;
  }
  const isCbk = name.endsWith(CBK);
  const fop = isCbk ? name.slice(0, -CBK.length) : name;
  return {
    fop: fop === '' && volume !== null && !isCbk ? null : fopNamed(fop),
    volume,
    at: isCbk ? 'reply' : 'wind',
    changed: false,
  } as const;
}

export function fits(condition: Condition, place: Place): boolean {
  const { fop, volume, path, errno, at, changed } = condition;
  if ((at === 'wind') !== (place.kind === 'wind')) return false;
  if (fop !== null && fop !== place.fop) return false;
  if (volume !== null && volume !== (at === 'reply' ? place.upper : place.volume)) return false;
  if (errno !== null && errno !== place.errno) return false;
  if (path !== null && !place.paths().some((one) => path.test(one))) return false;
  return !changed || place.changed();
}
