/**
 * Options that are a list of fops, with commas between: `LOOKUP,READ`. Which fops there are is
 * checked with the option's text, so that a wrong one is reported at its line.
 *
 * Source: GlusterFS's `gf_fop_list`, whose names are taken in any case; the methods' (`readv`) are ours.
 */

import { findFop, fops, placeholders } from './fops.ts';
import { type FopName, fopNames } from './gen/fops.gen.ts';
import { type Items, splitItems } from './option-types.ts';

const logNames = fops.map(({ logName }) => logName);
const methods = fops
  .map(({ name }) => name)
  .filter((name) => !logNames.includes(name.toUpperCase()));

/** For a spec's `items`. */
export const FOP_ITEMS: Items = {
  noun: 'names of fops with commas between, such as LOOKUP,READ',
  // What has a number in GlusterFS but no method may be named, and stands for nothing.
  known: [...logNames, ...placeholders.values(), ...methods],
};

/** The fops of a list that was checked; all of them where there is no list. */
export function listedFops(list: string | undefined): readonly FopName[] {
  if (list === undefined) return fopNames;
  return splitItems(list).flatMap((item) => (findFop(item)?.name as FopName | undefined) ?? []);
}
