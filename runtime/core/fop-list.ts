/**
 * Parses options whose value is a comma-separated list of fops, such as `LOOKUP,READ`. A fop has GlusterFS's name
 * (`gf_fop_list`) in any case, or that of its method (`readv`). The check of options has refused unknown names.
 */

import { findFop, fops, numbersWithoutMethod } from './fops.ts';
import { type FopName, fopNames } from './gen/fops.gen.ts';
import { type ListItems, splitItems } from './option-types.ts';

const logNames = fops.map(({ logName }) => logName);
/** The names of methods that differ from GlusterFS's names by more than case. */
const methodNames = fops
  .map(({ name }) => name)
  .filter((name) => !logNames.includes(name.toUpperCase()));

/** The `items` in the spec of an option whose value is a list of fops. */
export const FOP_ITEMS: ListItems = {
  noun: 'names of fops with commas between, such as LOOKUP,READ',
  // Names that GlusterFS numbers without a method are accepted and ignored.
  allowed: [...logNames, ...numbersWithoutMethod.values(), ...methodNames],
};

/** Returns the fops of a checked list, or all fops without a list. */
export function parseFopList(list: string | undefined): readonly FopName[] {
  if (list === undefined) return fopNames;
  return splitItems(list).flatMap((item) => (findFop(item)?.name as FopName | undefined) ?? []);
}
