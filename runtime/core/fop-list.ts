/**
 * Parses options with a comma-separated list of fops: `LOOKUP,READ`. Names are GlusterFS's (`gf_fop_list`) in any case, or
 * methods (`readv`). The option check reports an unknown name at its line.
 */

import { findFop, fops, placeholders } from './fops.ts';
import { type FopName, fopNames } from './gen/fops.gen.ts';
import { type Items, splitItems } from './option-types.ts';

const logNames = fops.map(({ logName }) => logName);
const methods = fops
  .map(({ name }) => name)
  .filter((name) => !logNames.includes(name.toUpperCase()));

/** The `items` of an option's spec. */
export const FOP_ITEMS: Items = {
  noun: 'names of fops with commas between, such as LOOKUP,READ',
  // Names that GlusterFS numbers without a method are accepted and ignored.
  allowed: [...logNames, ...placeholders.values(), ...methods],
};

/** Returns the fops of a checked list, or all fops without a list. */
export function parseFopList(list: string | undefined): readonly FopName[] {
  if (list === undefined) return fopNames;
  return splitItems(list).flatMap((item) => (findFop(item)?.name as FopName | undefined) ?? []);
}
