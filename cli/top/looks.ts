/** What of a mount's rates somebody wants to see, and the keys that change it. */

/** The volumes' own order, or the largest first. */
export const sorts = ['graph', 'fops', 'errors', 'median', '99 %', 'in flight', 'memory'] as const;

export interface Looks {
  readonly sort: (typeof sorts)[number];
  /** Upside down. */
  readonly reversed: boolean;
  /** A row for each fop of a volume. */
  readonly byFop: boolean;
  /** Rows that have this text in a name; '' for all. */
  readonly filter: string;
  /** Keys are for the filter. */
  readonly typing: boolean;
  readonly help: boolean;
  /** Rows above the first that is shown. */
  readonly skipped: number;
}

export const firstLooks: Looks = {
  sort: 'graph',
  reversed: false,
  byFop: false,
  filter: '',
  typing: false,
  help: false,
  skipped: 0,
};

const PAGE = 10;

type Change = (looks: Looks) => Partial<Looks>;

const nextSort =
  (step: number): Change =>
  ({ sort }) => ({
    sort: sorts[(sorts.indexOf(sort) + step + sorts.length) % sorts.length]!,
    skipped: 0,
  });
const scroll =
  (step: number): Change =>
  ({ skipped }) => ({ skipped: Math.max(0, skipped + step) });
const showHelp: Change = () => ({ help: true });

const changes: Readonly<Record<string, Change>> = {
  s: nextSort(1),
  right: nextSort(1),
  S: nextSort(-1),
  left: nextSort(-1),
  r: ({ reversed }) => ({ reversed: !reversed, skipped: 0 }),
  f: ({ byFop }) => ({ byFop: !byFop, skipped: 0 }),
  '/': () => ({ typing: true, filter: '', skipped: 0 }),
  escape: () => ({ filter: '', skipped: 0 }),
  h: showHelp,
  '?': showHelp,
  up: scroll(-1),
  k: scroll(-1),
  down: scroll(1),
  j: scroll(1),
  'page-up': scroll(-PAGE),
  'page-down': scroll(PAGE),
  home: () => ({ skipped: 0 }),
};

export const helpLines: readonly string[] = [
  '  s  S         sort by the next column, the one before',
  '  r            the other way round',
  '  f            a row for each fop of a volume, or for each volume',
  '  /            show what has a text in its name, of volume, type or fop;',
  '               Enter ends the text, Esc shows all',
  '  up down      move through rows that do not fit; also PgUp, PgDn, Home',
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
  if (looks.typing) return { ...looks, ...typed(looks, key) };
  // Any key ends the help.
  if (looks.help) return { ...looks, help: false };
  if (key === 'q') return null;
  return { ...looks, ...changes[key]?.(looks) };
}

function typed({ filter }: Looks, key: string): Partial<Looks> {
  if (key === 'enter') return { typing: false };
  if (key === 'escape') return { typing: false, filter: '' };
  if (key === 'backspace') return { filter: filter.slice(0, -1) };
  return key.length === 1 && key >= ' ' ? { filter: filter + key } : {};
}
