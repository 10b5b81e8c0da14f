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
  /** Those that a volume defines only if it changes the thing; empty if that cannot be known. */
  readonly signs: readonly FopName[];
  /** Whether it changes the thing only if it sees the replies of these. */
  readonly isInReplies: boolean;
  /** Those that such a volume must define. */
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

/** The views. The first that requires a fop explains why a volume defines it. */
export const fopViews: readonly FopView[] = [
  {
    thing: 'attributes',
    fops: [...attributeFops, 'readdirp'],
    signs: ['stat', 'fstat'],
    isInReplies: true,
    required: ['lookup', 'stat', 'fstat', 'readdirp'],
    reason: 'the kernel takes attributes from each of them, and caches them',
  },
  {
    thing: 'names',
    fops: ['lookup', 'readdir', 'readdirp'],
    signs: ['readdir', 'readdirp'],
    isInReplies: false,
    required: ['readdir', 'readdirp'],
    reason: 'the kernel lists a directory by readdirp, and goes on by readdir',
  },
  {
    thing: 'changes of attributes',
    fops: ['setattr', 'fsetattr'],
    signs: ['setattr', 'fsetattr'],
    isInReplies: false,
    required: ['setattr', 'fsetattr'],
    reason: 'the kernel sends fsetattr for an open file',
  },
  {
    thing: 'lengths',
    fops: fops
      .filter(({ name, data }) => /truncate|writev/.test(name) || data === 'past')
      .map(({ name }) => name as FopName)
      .filter((name) => name !== 'rchecksum'),
    signs: ['truncate', 'ftruncate'],
    isInReplies: false,
    required: ['truncate', 'ftruncate'],
    reason: 'the kernel sends ftruncate for an open file',
  },
  {
    thing: 'data',
    fops: fops.filter(({ data }) => data !== null).map(({ name }) => name as FopName),
    signs: [],
    isInReplies: false,
    required: [],
    reason:
      'a host replies to all but readv and writev in the place of a module that has one of these, unless it defines them',
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
    isInReplies: false,
    required: [],
    reason:
      'programs with an open file use the fops on an fd, and caches request some in lookup and readdirp',
  },
];

/** A view of which a volume lacks fops. */
export interface ViewGap {
  readonly view: FopView;
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
}

/** Finds the views of which a volume defines some of the required fops, and not all. */
export function findViewGaps({
  isDefined,
  isSeen = isDefined,
  seesReply = isDefined,
}: FopUses): ViewGap[] {
  const explained = new Set<FopName>();
  return fopViews.flatMap((view) => {
    const { signs, required, isInReplies } = view;
    const isSign = (name: FopName): boolean =>
      isDefined(name) && !explained.has(name) && (!isInReplies || seesReply(name));
    const defined = signs.filter(isSign);
    if (defined.length === 0) return [];
    for (const name of required) explained.add(name);
    const missing = required.filter((name) => !isSeen(name));
    return missing.length === 0 ? [] : [{ view, defined, missing }];
  });
}

/** Describes gaps in one line; undefined for none. */
export function describeViewGaps(gaps: readonly ViewGap[]): string | undefined {
  const texts = gaps.map(
    ({ view: { thing, reason }, defined, missing }) =>
      `it defines ${defined.join(' and ')}, but not ${missing.join(', ')}, which show the same ${thing}: ${reason}`,
  );
  return texts.length === 0
    ? undefined
    : `${texts.join('; ')} ('observes' says that it changes nothing of this)`;
}
