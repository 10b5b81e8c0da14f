/** Random histories of clients' operations on a few files, with changes by other clients. */
import fc from 'fast-check';

/** The relative frequency of each step; replies are as frequent as requests. */
export const actions = {
  lookup: 6,
  stat: 4,
  fstat: 3,
  create: 3,
  open: 4,
  close: 2,
  read: 6,
  write: 6,
  truncate: 1,
  ftruncate: 1,
  chmod: 1,
  unlink: 1,
  rename: 1,
  link: 1,
  setxattr: 1,
  getxattr: 2,
  readdirp: 1,
  flush: 1,
  fsync: 1,
  act: 12,
  answer: 12,
  others: 2,
  /** Another client renames a file. */
  othersRename: 0,
  pass: 1,
  fail: 1,
  reconfigure: 1,
  down: 1,
};
export type Action = keyof typeof actions;
export type Step = readonly [action: Action, a: number, b: number, c: number];

/** Histories; `weights` replaces the default frequency of actions. */
export function anyHistories(weights: Partial<Record<Action, number>> = {}): fc.Arbitrary<Step[]> {
  const action = fc.oneof(
    ...Object.entries({ ...actions, ...weights })
      .filter(([, weight]) => weight > 0)
      .map(([name, weight]) => ({ weight, arbitrary: fc.constant(name as Action) })),
  );
  const step = fc.tuple(action, fc.nat(15), fc.nat(15), fc.nat(15));
  return fc.array(step, { maxLength: 70, size: 'max' });
}
