/**
 * Makes the options that a module declares. The host checks their values, as for any translator.
 * Types and units are GlusterFS's; an option without a default is null if the volfile does not set
 * it.
 */
import type { LogSource } from '../../../runtime/core/log.ts';
import { findCallerPosition } from './report.ts';

/** Source positions of declared options. */
const optionPositions = new WeakMap<object, LogSource>();

/** Finds where the module declares an option; undefined if `Option` did not make it. */
export const findOptionPosition = (spec: object): LogSource | undefined =>
  optionPositions.get(spec);

/** A declared option, as the host reads it; `type` is GlusterFS's name of the type. */
export interface OptionSpec {
  readonly type: string;
  readonly description: string;
  readonly default?: string | number | boolean;
  readonly values?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly reconfigurable?: boolean;
}

/** The settings that a module may give an option besides its default. */
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
  (
    defaultOrSettings?: Default | OptionSettings,
    settingsAfterDefault: OptionSettings = {},
  ): OptionSpec => {
    const isSettings =
      typeof defaultOrSettings === 'object' &&
      defaultOrSettings !== null &&
      !Array.isArray(defaultOrSettings);
    const [defaultValue, settings] = isSettings
      ? [null, defaultOrSettings]
      : [defaultOrSettings as Default, settingsAfterDefault];
    const { help = '', ...rest } = settings;
    const defaults =
      defaultValue === null || defaultValue === undefined ? {} : { default: defaultValue };
    const spec = { type, description: help, ...defaults, ...rest };
    optionPositions.set(spec, findCallerPosition());
    return spec;
  };

/** The option types, as modules declare options: `Option.size('1MB', { help: '…' })`. */
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
