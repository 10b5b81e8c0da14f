/**
 * Options that a module declares, checked by the host like those of any translator. Types and units
 * are GlusterFS's; an option without a default is null when it is not given.
 */
import type { LogSource } from '../../../runtime/core/log.ts';
import { callerPlace } from './report.ts';

/** Source places of declared options. */
const places = new WeakMap<object, LogSource>();

export const placeOfOption = (spec: object): LogSource | undefined => places.get(spec);

export interface OptionSpec {
  readonly type: string;
  readonly description: string;
  readonly default?: string | number | boolean;
  readonly values?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly reconfigurable?: boolean;
}

interface About {
  help?: string;
  reconfigurable?: boolean;
  values?: readonly string[];
  min?: number;
  max?: number;
}

type Default = string | number | boolean | null | undefined;

/** Makes the constructor of an option type; the default is optional. */
const maker =
  (type: string) =>
  (given?: Default | About, about: About = {}): OptionSpec => {
    const isAbout = typeof given === 'object' && given !== null && !Array.isArray(given);
    const [value, more] = isAbout ? [null, given] : [given as Default, about];
    const { help = '', ...rest } = more;
    const defaults = value === null || value === undefined ? {} : { default: value };
    const spec = { type, description: help, ...defaults, ...rest };
    places.set(spec, callerPlace());
    return spec;
  };

export const Option = {
  str: maker('str'),
  int: maker('int'),
  float: maker('double'),
  bool: maker('bool'),
  size: maker('sizet'),
  time: maker('time'),
  percent: maker('percent'),
  path: maker('path'),
};
