/** Which groups of tests a file registers: see other-front-ends.ts, on-bricks.ts and every-front-end.ts. */
export const wanted = {
  /** Those that try it in the way that most people will. */
  first: true,
  /** Those that try the same through bricks. */
  bricks: false,
  /** Those that try the same in yet another way. */
  others: false,
};
