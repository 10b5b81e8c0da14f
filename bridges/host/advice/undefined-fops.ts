/**
 * What a module with several subvolumes leaves out: fops that it does not define answer EOPNOTSUPP
 * there, unless it says that they pass through. Its author hears of them once, in one line, and can
 * end that by saying either.
 */
import { type FopName, fopNames } from '../../../runtime/core/gen/fops.gen.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';
import type { Guest } from '../guest.ts';

/** How each language says it: for the first subvolume, and that EOPNOTSUPP is meant. */
const SAYINGS = {
  python: ['passes_through = True', 'passes_through = False'],
  javascript: ['static passesThrough = true', 'static passesThrough = false'],
  typescript: ['passesThrough: true', 'passesThrough: false'],
  c: ['.needs = GLOSSA_PASSES_THROUGH', '.needs = GLOSSA_REFUSES_OTHERS'],
} as const satisfies Record<string, readonly [passes: string, refuses: string]>;

/** More names do not make it clearer. */
const SHOWN = 6;

/** The line; undefined where nothing is left out, or the author has said what is meant. */
export function leftOut(
  xl: Pick<Xlator, 'below' | 'doubt'>,
  language: keyof typeof SAYINGS,
  says: unknown,
  defines: (name: FopName) => boolean,
): string | undefined {
  const { length } = xl.below;
  if (length < 2 || typeof says === 'boolean') return undefined;
  const names = fopNames.filter((name) => !defines(name));
  if (names.length === 0) return undefined;
  const shown = names.slice(0, SHOWN).join(', ');
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  const [passes, refuses] = SAYINGS[language];
  return (
    `with ${length} subvolumes, ${shown}${more} that it does not define answer EOPNOTSUPP: ` +
    `'${passes}' sends them to the first, '${refuses}' says that this is meant`
  );
}

/** The same of a module in an interpreter or a library, in the log and for whoever starts it. */
export function tellLeftOut(xl: Pick<Xlator, 'below' | 'doubt'>, guest: Guest, path: string): void {
  const { fops, passesThrough } = guest.description;
  const defines = (name: FopName): boolean => (fops[name]?.kind ?? 'none') !== 'none';
  const text = leftOut(xl, guest.language as keyof typeof SAYINGS, passesThrough, defines);
  if (text !== undefined) xl.doubt([{ where: path, text }]);
}
