/** Which groups of tests a file registers: see other-front-ends.ts, on-bricks.ts and every-front-end.ts. */
export const wanted = {
  /** Those that try it in the way that most people will. */
  first: true,
  /** Those that try the same through bricks. */
  bricks: false,
  /** Those that try the same in yet another way. */
  others: false,
};

/** Of ways to try the same those for who runs the file: the usual ones, or in `test:long` the others. */
export const wantedOf = <T>(all: readonly T[], isUsual: (each: T) => boolean): T[] =>
  all.filter((each) => (isUsual(each) ? wanted.first : wanted.others));

/** Registers tests that are not tried again in `test:long`. */
export const usually = (tests: () => void): void => {
  if (wanted.first) tests();
};
