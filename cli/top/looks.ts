/** The view of `glossa top`: its sort order, rows and position, and the keys that change them. */

/** The volumes' own order, or the largest first. */
export const sorts = ['graph', 'fops', 'errors', 'median', '99 %', 'in flight', 'memory'] as const;

export interface Looks {
  readonly sort: (typeof sorts)[number];
  /** A row for each fop of a volume. */
  readonly byFop: boolean;
  readonly help: boolean;
  /** Rows above the first that is shown. */
  readonly skipped: number;
}

export const firstLooks: Looks = { sort: 'graph', byFop: false, help: false, skipped: 0 };

const PAGE = 10;

type Change = (looks: Looks) => Partial<Looks>;

const scroll =
  (step: number): Change =>
  ({ skipped }) => ({ skipped: Math.max(0, skipped + step) });
const showHelp: Change = () => ({ help: true });

const changes: Readonly<Record<string, Change>> = {
  s: ({ sort }) => ({ sort: sorts[(sorts.indexOf(sort) + 1) % sorts.length]!, skipped: 0 }),
  f: ({ byFop }) => ({ byFop: !byFop, skipped: 0 }),
  h: showHelp,
  '?': showHelp,
  up: scroll(-1),
  down: scroll(1),
  'page-up': scroll(-PAGE),
  'page-down': scroll(PAGE),
};

export const helpLines: readonly string[] = [
  '  s            sort by the next column',
  '  f            a row for each fop of a volume, or for each volume',
  '  up down      move through rows that do not fit; also PgUp, PgDn',
  '  Ctrl-L       draw all anew',
  '  q  Ctrl-C    end',
  '',
  '  FOPS/S and ERR/S are answers and errors a second. MEDIAN and 99 % are the',
  '  time from a fop until its answer, below which half and 99 of 100 stayed; it',
  '  includes the volumes below. BUSY are requests that wait for the volume, SINCE',
  '  says how long the oldest does. HIT is how much a',
  '  cache has answered from memory, MEM what it, or a script, takes.',
];

/** What a key makes of it; null to end. */
export function press(looks: Looks, key: string): Looks | null {
  if (key === 'ctrl-c') return null;
  // Any key ends the help.
  if (looks.help) return { ...looks, help: false };
  return key === 'q' ? null : { ...looks, ...changes[key]?.(looks) };
}
