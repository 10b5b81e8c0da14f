/** Makes the options of the translator under test, with their source for messages. */
import type { VolumeSpec } from '../../runtime/core/xlator.ts';

/** The source of the options, which stands in messages in place of a position in a volfile. */
export const optionsSource = (module: string): string => `the options of ${module}`;

export const makeOptions = (
  module: string,
  values: Readonly<Record<string, string>>,
): VolumeSpec['options'] =>
  Object.entries(values).map(([key, value]) => ({ key, value, position: optionsSource(module) }));
