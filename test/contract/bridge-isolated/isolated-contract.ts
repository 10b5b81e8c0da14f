/** Runs parts of the bridge contract with modules in their own threads. */
import { describe } from 'vitest';
import { isolatedLanguage, type Language } from '../../support/module.ts';
import { anyContract } from '../bridge/any.ts';
import { cachingContract } from '../bridge/cache-times.ts';
import { cancelContract } from '../bridge/cancel.ts';
import { childStateContract } from '../bridge/child-state.ts';
import { clientContract } from '../bridge/clients.ts';
import { failureContract } from '../bridge/failures.ts';
import { fopValueContract } from '../bridge/fop-values.ts';
import { fopContract } from '../bridge/fops.ts';
import { lifecycleContract } from '../bridge/lifecycle.ts';
import { requestContract } from '../bridge/requests.ts';
import { subvolumeContract } from '../bridge/several-subvolumes.ts';
import { timerContract } from '../bridge/timers.ts';

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

const everyFop = (folder: string, language: Language): void =>
  fopContract(folder, language, CROSSING);

const parts = {
  'every fop': everyFop,
  any_fop: anyContract,
  requests: requestContract,
  'interrupted callers': cancelContract,
  'values of fops': fopValueContract,
  lifecycle: lifecycleContract,
  'several subvolumes': subvolumeContract,
  'state of the children': childStateContract,
  clients: clientContract,
  timers: timerContract,
  failures: failureContract,
  'cache times': cachingContract,
};

type PartName = keyof typeof parts;

export const allParts = Object.keys(parts) as readonly PartName[];

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
  for (const name of names) describe(name, () => parts[name](folder, isolatedLanguage));
}
