/** Which groups of tests a file registers: see other-front-ends.ts. */
export const wanted = {
  /** Those that try the same in another way, rather than the first way. */
  others: false,
};
