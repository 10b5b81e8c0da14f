/**
 * Lists what several fops show or change: names, attributes, lengths, data. A volume that changes one of these in some
 * of the fops shows it unchanged in the others, since front ends choose between them: a mount lists by readdirp, and
 * goes on by readdir. `glossa check`, the start of a module and docs/reference/fops.md derive their warnings from it.
 */
import { fops } from './fops.ts';
import type { FopName } from './gen/fops.gen.ts';

/** A thing that several fops show or change. */
export interface FopView {
  /** The thing, as a plural. */
  readonly thing: string;
  /** All fops that show or change it. */
  readonly fops: readonly FopName[];
  /** The signs of a volume that changes the thing. */
  readonly signs: readonly FopSign[];
  /** A further fact, as a sentence. */
  readonly note?: string;
}

/** Fops that a volume defines only if it changes a thing, and those that it must then define as well. */
export interface FopSign {
  /** One of these tells it. */
  readonly fops: readonly FopName[];
  /** Whether the volume must also see the child's replies, answer itself and see none, or do one of both. */
  readonly reply?: 'seen' | 'own' | 'either';
  /** A volume that defines one of these has another reason. */
  readonly without?: readonly FopName[];
  readonly required: readonly FopName[];
  /** The front end's choice between them, as a sentence. */
  readonly reason: string;
}

/** Parts of replies that are the attributes of a file, not of its directory. */
const FILE_ATTRIBUTES: ReadonlySet<string> = new Set(['buf', 'stbuf', 'statpost', 'postbuf']);

const attributeFops = fops
  .filter(({ reply }) =>
    reply.some(({ name, type }) => type === 'iatt' && FILE_ATTRIBUTES.has(name)),
  )
  .map(({ name }) => name as FopName);

const namingFops = fops
  .filter(({ entry }) => entry.creates !== undefined)
  .map(({ name }) => name as FopName);

/** The views. The first sign that requires a fop explains why a volume defines it. */
export const fopViews: readonly FopView[] = [
  {
    thing: 'attributes',
    fops: [...attributeFops, 'readdirp'],
    signs: [
      {
        fops: ['stat', 'fstat'],
        reply: 'seen',
        required: ['lookup', 'stat', 'fstat', 'readdirp'],
        reason: 'the kernel takes attributes from each of them, and caches them',
      },
    ],
  },
  {
    thing: 'names',
    // Those that make a name tell by EEXIST that it is there.
    fops: ['lookup', 'readdir', 'readdirp', ...namingFops],
    signs: [
      {
        fops: ['readdir', 'readdirp'],
        required: ['readdir', 'readdirp'],
        reason: 'the kernel lists a directory by readdirp, and goes on by readdir',
      },
      {
        // A cache of names sees the replies, and shows no other names than these.
        fops: ['lookup'],
        reply: 'own',
        required: ['readdir', 'readdirp'],
        reason: 'a name that lookup hides is still listed',
      },
    ],
  },
  {
    thing: 'changes of attributes',
    fops: ['setattr', 'fsetattr'],
    signs: [
      {
        fops: ['setattr', 'fsetattr'],
        required: ['setattr', 'fsetattr'],
        reason: 'the kernel sends fsetattr for an open file',
      },
    ],
  },
  {
    thing: 'lengths',
    fops: fops
      .filter(({ name, data }) => /truncate|writev/.test(name) || data === 'past')
      .map(({ name }) => name as FopName)
      .filter((name) => name !== 'rchecksum'),
    signs: [
      {
        fops: ['truncate', 'ftruncate'],
        required: ['truncate', 'ftruncate'],
        reason: 'the kernel sends ftruncate for an open file',
      },
      {
        // With readv it changes data, and may keep lengths.
        fops: ['writev'],
        reply: 'either',
        without: ['readv'],
        required: ['truncate', 'ftruncate'],
        reason: 'a file grows and loses data by truncate, too',
      },
    ],
  },
  {
    thing: 'data',
    fops: fops.filter(({ data }) => data !== null).map(({ name }) => name as FopName),
    signs: [],
    note: 'a host replies to all but readv and writev in the place of a module that has one of these, unless it defines them',
  },
  {
    thing: 'extended attributes',
    fops: [
      'getxattr',
      'fgetxattr',
      'setxattr',
      'fsetxattr',
      'removexattr',
      'fremovexattr',
      'lookup',
      'readdirp',
    ],
    signs: [],
    note: 'programs with an open file use the fops on an fd, and caches request some in lookup and readdirp',
  },
];

/** A view of which a volume lacks fops. */
export interface ViewGap {
  readonly view: FopView;
  readonly sign: FopSign;
  readonly defined: readonly FopName[];
  readonly missing: readonly FopName[];
}

/** The fops of a volume. */
export interface FopUses {
  isDefined(name: FopName): boolean;
  /** Whether the volume handles a fop in another way, too, for example all of them by one method. */
  isSeen?(name: FopName): boolean;
  /** Whether the volume sees the replies; by default those of all defined fops. */
  seesReply?(name: FopName): boolean;
  /** Whether the volume is known to answer some requests itself; by default none. */
  answers?(name: FopName): boolean;
}

/** Finds the views of which a volume lacks fops, each with the first sign that tells it. */
export function findViewGaps({
  isDefined,
  isSeen = isDefined,
  seesReply = isDefined,
  answers = () => false,
}: FopUses): ViewGap[] {
  const explained = new Set<FopName>();
  const gaps: ViewGap[] = [];
  for (const view of fopViews) {
    for (const sign of view.signs) {
      const { reply, without = [], required } = sign;
      const defined = sign.fops.filter(
        (name) =>
          isDefined(name) &&
          !explained.has(name) &&
          (reply !== 'seen' || seesReply(name)) &&
          (reply !== 'own' || (answers(name) && !seesReply(name))) &&
          (reply !== 'either' || answers(name) || seesReply(name)),
      );
      if (defined.length === 0 || without.some(isSeen)) continue;
      for (const name of required) explained.add(name);
      const missing = required.filter((name) => !isSeen(name));
      if (missing.length === 0) continue;
      gaps.push({ view, sign, defined, missing });
      break;
    }
  }
  return gaps;
}

/** Describes gaps in one line; undefined for none. */
export function describeViewGaps(gaps: readonly ViewGap[]): string | undefined {
  const texts = gaps.map(
    ({ view: { thing }, sign: { reason }, defined, missing }) =>
      `it defines ${defined.join(' and ')}, but not ${missing.join(', ')}, which show the same ${thing}: ${reason}`,
  );
  return texts.length === 0
    ? undefined
    : `${texts.join('; ')} ('observes' says that it changes nothing of this)`;
}
