/** Options of the translator under test, with their source for messages. */
import type { VolumeSpec } from '../../runtime/core/xlator.ts';

export const optionsOf = (module: string): string => `the options of ${module}`;

export const optionsFor = (
  module: string,
  given: Readonly<Record<string, string>>,
): VolumeSpec['options'] =>
  Object.entries(given).map(([key, value]) => ({ key, value, where: optionsOf(module) }));
