/** Which groups of tests a file registers: see other-front-ends.ts and every-front-end.ts. */
export const wanted = {
  /** Those that try it in the way that most people will. */
  first: true,
  /** Those that try the same in another way. */
  others: false,
};
