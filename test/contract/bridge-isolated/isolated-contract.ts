/** Runs parts of the bridge contract with modules in their own threads. */
import { describe } from 'vitest';
import { isolatedLanguage } from '../../support/module.ts';
import { fopContract } from '../bridge/fops.ts';
import { type PartName, runParts } from '../bridge/parts.ts';

/** The modules for fops that differ in the crossing values and in the answering side. */
const CROSSING = [
  'both',
  'late',
  'echo',
  'change',
  'change_awaited',
  'own',
  'refuse_with',
  'raising',
];

/** The parts in which the same code crosses as without a thread. */
export const LONG_PARTS: readonly PartName[] = [
  'every fop',
  'any_fop',
  'values of fops',
  'lifecycle',
  'several subvolumes',
  'state of the children',
  'timers',
  'cache times',
];

/** @param folder where the language's modules are */
export function isolatedContract(folder: string, names: readonly PartName[]): void {
  if (names.includes('every fop'))
    describe('every fop', () => fopContract(folder, isolatedLanguage, CROSSING));
  const others = names.filter((name) => name !== 'every fop');
  runParts(folder, others, isolatedLanguage);
}
