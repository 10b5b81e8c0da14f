/** Defines the options of performance/io-cache; names, defaults and ranges are GlusterFS 10's. */
import { InitError } from '../../../core/errors.ts';
import { defineReconfigurableOptions, type Values } from '../../../core/options.ts';
import { commonOptions, makeSwitchOption } from '../shared/inode-cache.ts';

const MB = 1024 * 1024;

export const options = defineReconfigurableOptions({
  ...commonOptions,
  'io-cache': makeSwitchOption(false),
  'cache-size': {
    type: 'sizet',
    default: 32 * MB,
    min: 4 * MB,
    description: 'Memory limit of the data of all files; pages not read for longest are evicted.',
  },
  'cache-timeout': {
    type: 'int',
    aliases: ['force-revalidate-timeout'],
    default: 1,
    min: 0,
    max: 60,
    description: 'Seconds after which a cached file is compared with the storage.',
  },
  'min-file-size': {
    type: 'sizet',
    default: 0,
    description: 'Files that are smaller are not cached.',
  },
  'max-file-size': {
    type: 'sizet',
    default: 0,
    description: 'Files that are larger are not cached. 0: no limit.',
  },
  priority: {
    type: 'priority_list',
    default: '',
    description: 'Accepted without effect: data is evicted by its last read, not by file names.',
  },
});

export type OptionValues = Values<typeof options>;

/** Checks the limits of file sizes. @throws {InitError} if they contradict each other, as in GlusterFS */
export function checkFileSizes(values: OptionValues): void {
  const [min, max] = [values['min-file-size'], values['max-file-size']];
  if (min <= max) return;
  throw new InitError(
    `min-file-size (${min} bytes) is more than max-file-size (${max}): give a larger max-file-size`,
  );
}
