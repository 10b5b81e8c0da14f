/**
 * Selects the groups of tests that a file registers, by the way in GLOSSA_TESTED (test/repeated-files.ts).
 * Without one, the first group.
 */
const WAYS = {
  /** Tried in the way that most people will. */
  first: { first: true, bricks: false, others: false },
  /** The tests of stacks over bricks (stage.ts). */
  bricks: { first: false, bricks: true, others: false },
  /** Other front ends, rarely mounted stacks, and longer runs. */
  others: { first: false, bricks: false, others: true },
  all: { first: true, bricks: true, others: true },
};

export const selected = WAYS[(process.env.GLOSSA_TESTED ?? 'first') as keyof typeof WAYS];

/** The variants for this run of the file: the usual ones, or the rest. */
export const selectVariants = <T>(all: readonly T[], isUsual: (each: T) => boolean): T[] =>
  all.filter((each) => (isUsual(each) ? selected.first : selected.others));

/** Registers tests that are not tried again in another way. */
export const onlyInFirst = (tests: () => void): void => {
  if (selected.first) tests();
};
