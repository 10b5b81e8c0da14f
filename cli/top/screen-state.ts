/** Defines the screen's state in `glossa top`, as the sort order, and the keys that change it. */

/** The sort orders: by the graph from the top down, or by a column, the largest value first. */
export const sortOrders = [
  'graph',
  'fops',
  'errors',
  'median',
  '99 %',
  'in flight',
  'memory',
] as const;

export interface ScreenState {
  readonly sort: (typeof sortOrders)[number];
  /** Whether each fop of a volume has a row. */
  readonly byFop: boolean;
  readonly help: boolean;
  /** The number of rows scrolled away at the top. */
  readonly skipped: number;
}

export const initialState: ScreenState = { sort: 'graph', byFop: false, help: false, skipped: 0 };

/** Rows that PgUp and PgDn move by. */
const PAGE = 10;

type Change = (state: ScreenState) => Partial<ScreenState>;

const scroll =
  (step: number): Change =>
  ({ skipped }) => ({ skipped: Math.max(0, skipped + step) });
const showHelp: Change = () => ({ help: true });

const changesByKey: Readonly<Record<string, Change>> = {
  s: ({ sort }) => ({
    sort: sortOrders[(sortOrders.indexOf(sort) + 1) % sortOrders.length]!,
    skipped: 0,
  }),
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

/** Returns the state after a key; null if the key ends the program. */
export function pressKey(state: ScreenState, key: string): ScreenState | null {
  if (key === 'ctrl-c') return null;
  // Any key closes the help.
  if (state.help) return { ...state, help: false };
  return key === 'q' ? null : { ...state, ...changesByKey[key]?.(state) };
}
