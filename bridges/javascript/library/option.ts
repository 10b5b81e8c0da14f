/**
 * Makes the options that a module declares. The host checks their values, as for any translator.
 * Types and units are GlusterFS's; an option without a default is null if the volfile does not set
 * it.
 */
import type { LogSource } from '../../../runtime/core/log.ts';
import { findCallerPosition } from './report.ts';

/** Source positions of declared options. */
const positions = new WeakMap<object, LogSource>();

export const findOptionPosition = (spec: object): LogSource | undefined => positions.get(spec);

export interface OptionSpec {
  readonly type: string;
  readonly description: string;
  readonly default?: string | number | boolean;
  readonly values?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly reconfigurable?: boolean;
}

interface OptionSettings {
  help?: string;
  reconfigurable?: boolean;
  values?: readonly string[];
  min?: number;
  max?: number;
}

type Default = string | number | boolean | null | undefined;

/** Makes the constructor of an option type. It takes (default, settings), or (settings) only. */
const makeOptionType =
  (type: string) =>
  (first?: Default | OptionSettings, second: OptionSettings = {}): OptionSpec => {
    const isSettings = typeof first === 'object' && first !== null && !Array.isArray(first);
    const [value, settings] = isSettings ? [null, first] : [first as Default, second];
    const { help = '', ...rest } = settings;
    const defaults = value === null || value === undefined ? {} : { default: value };
    const spec = { type, description: help, ...defaults, ...rest };
    positions.set(spec, findCallerPosition());
    return spec;
  };

export const Option = {
  str: makeOptionType('str'),
  int: makeOptionType('int'),
  float: makeOptionType('double'),
  bool: makeOptionType('bool'),
  size: makeOptionType('sizet'),
  time: makeOptionType('time'),
  percent: makeOptionType('percent'),
  path: makeOptionType('path'),
};
