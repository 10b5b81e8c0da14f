/** Defines the state of the screen of `glossa top`, such as the sort order, and its keys. */

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

/** The state of the screen, which keys change. */
export interface ScreenState {
  readonly sortOrder: (typeof sortOrders)[number];
  /** Whether each fop of a volume has a row. */
  readonly hasFopRows: boolean;
  readonly isHelpShown: boolean;
  /** The number of rows scrolled away at the top. */
  readonly scrolledRowCount: number;
}

/** The state at the start of the program. */
export const initialState: ScreenState = {
  sortOrder: 'graph',
  hasFopRows: false,
  isHelpShown: false,
  scrolledRowCount: 0,
};

/** The rows by which PgUp and PgDn scroll. */
const PAGE_ROWS = 10;

/** Returns the parts of the state that a key changes. */
type StateChange = (state: ScreenState) => Partial<ScreenState>;

/** Makes the change that scrolls down by this number of rows; up if it is negative. */
const makeScroll =
  (rowCount: number): StateChange =>
  ({ scrolledRowCount }) => ({ scrolledRowCount: Math.max(0, scrolledRowCount + rowCount) });
const showHelp: StateChange = () => ({ isHelpShown: true });

/** The change of the state by each key; other keys have no effect. */
const changesByKey: Readonly<Record<string, StateChange>> = {
  s: ({ sortOrder }) => ({
    sortOrder: sortOrders[(sortOrders.indexOf(sortOrder) + 1) % sortOrders.length]!,
    scrolledRowCount: 0,
  }),
  f: ({ hasFopRows }) => ({ hasFopRows: !hasFopRows, scrolledRowCount: 0 }),
  h: showHelp,
  '?': showHelp,
  up: makeScroll(-1),
  down: makeScroll(1),
  'page-up': makeScroll(-PAGE_ROWS),
  'page-down': makeScroll(PAGE_ROWS),
};

/** The lines of the help, which replace the table. */
export const helpLines: readonly string[] = [
  '  s            sort by the next column',
  '  f            a row for each fop of a volume, or for each volume',
  '  up down      move through rows that do not fit; also PgUp, PgDn',
  '  Ctrl-L       draw all anew',
  '  q  Ctrl-C    end',
  '',
  '  FOPS/S and ERR/S are replies and errors a second. MEDIAN and 99 % are the',
  '  time from a fop until its reply, below which half and 99 of 100 stayed; it',
  '  includes the volumes below. BUSY counts requests that wait for the volume,',
  '  SINCE is the age of the oldest. HIT is the share that a cache has answered',
  '  from memory, MEM the memory of a cache or module.',
];

/** Returns the state after a key; null if the key ends the program. */
export function pressKey(state: ScreenState, key: string): ScreenState | null {
  if (key === 'ctrl-c') return null;
  // Any key closes the help.
  if (state.isHelpShown) return { ...state, isHelpShown: false };
  return key === 'q' ? null : { ...state, ...changesByKey[key]?.(state) };
}
