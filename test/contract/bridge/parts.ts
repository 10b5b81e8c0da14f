/** The parts of the bridge contract, by their names, which the test files of each language run. */
import { describe } from 'vitest';
import { hostedLanguage, type Language } from '../../support/module.ts';
import { anyContract } from './any.ts';
import { cachingContract } from './cache-times.ts';
import { cancelContract } from './cancel.ts';
import { childStateContract } from './child-state.ts';
import { clientContract } from './clients.ts';
import { failureContract } from './failures.ts';
import { fopValueContract } from './fop-values.ts';
import { fopContract } from './fops.ts';
import { lifecycleContract } from './lifecycle.ts';
import { requestContract } from './requests.ts';
import { subvolumeContract } from './several-subvolumes.ts';
import { timerContract } from './timers.ts';

const PARTS = {
  'every fop': fopContract,
  any_fop: anyContract,
  requests: requestContract,
  'interrupted callers': cancelContract,
  'values of fops': fopValueContract,
  lifecycle: lifecycleContract,
  'several subvolumes': subvolumeContract,
  'state of the children': childStateContract,
  clients: clientContract,
  timers: timerContract,
  'cache times': cachingContract,
  failures: failureContract,
};

export type PartName = keyof typeof PARTS;

export const ALL_PARTS = Object.keys(PARTS) as readonly PartName[];

/** The parts for languages without an interpreter, which cannot be stopped or reloaded. */
export const NATIVE_PARTS = ALL_PARTS.filter((name) => name !== 'failures');

/** @param folder of the language's modules. */
export function runParts(
  folder: string,
  names: readonly PartName[],
  language: Language = hostedLanguage,
): void {
  for (const name of names) describe(name, () => PARTS[name](folder, language));
}
