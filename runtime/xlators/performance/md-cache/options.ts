/**
 * Defines the options of performance/md-cache. Names, defaults and ranges are GlusterFS 10's; only kernel-timeout is
 * glossa's own.
 */
import { ACL_NAMES } from '../../../core/acl.ts';
import { defineReconfigurableOptions, type Values } from '../../../core/options.ts';
import { compileShellPattern } from '../../../core/shell-pattern.ts';
import { commonOptions, makeSwitchOption } from '../shared/inode-cache.ts';

/** Makes an option that selects some extended attributes for caching. */
const makeCacheOption = (names: string, isOnByDefault = false) =>
  ({
    type: 'bool',
    default: isOnByDefault,
    description: `Whether ${names} are cached.`,
  }) as const;

export const options = defineReconfigurableOptions({
  ...commonOptions,
  'md-cache': makeSwitchOption(true),
  'md-cache-timeout': {
    type: 'int',
    default: 1,
    min: 0,
    max: 600,
    description:
      'Seconds for which attributes are cached. Without cache-invalidation, values over 60 are taken ' +
      'as 60.',
  },
  'kernel-timeout': {
    type: 'time',
    default: 0,
    description:
      'Seconds for which the kernel uses cached names and attributes without a request, at most as ' +
      "long as this cache. An upcall of a brick invalidates them. 0: the mount's entry-timeout and " +
      'attribute-timeout apply.',
  },
  'cache-invalidation': {
    type: 'bool',
    default: false,
    description: "The bricks report other clients' changes, so md-cache-timeout may exceed 60.",
  },
  'global-cache-invalidation': {
    type: 'bool',
    default: true,
    description: 'Invalidates data caches above when a file has changed.',
  },
  'cache-capability-xattrs': makeCacheOption(
    'capabilities of programs (security.capability)',
    true,
  ),
  'cache-ima-xattrs': makeCacheOption('IMA hashes (security.ima)', true),
  'cache-selinux': makeCacheOption('SELinux labels'),
  'cache-posix-acl': makeCacheOption('ACLs'),
  'cache-glusterfs-acl': makeCacheOption("ACLs under GlusterFS's names (glusterfs.posix.acl)"),
  'cache-swift-metadata': makeCacheOption('attributes of gluster-swift'),
  'cache-samba-metadata': makeCacheOption('attributes of Samba'),
  'xattr-cache-list': {
    type: 'str',
    default: '',
    description:
      'Further extended attributes to cache: names or patterns, separated by commas. The cache holds at ' +
      'most 64 KiB of attributes per file.',
  },
  'md-cache-statfs': {
    type: 'bool',
    default: false,
    description: 'Whether the reply of statfs is cached.',
  },
  'force-readdirp': {
    type: 'bool',
    default: true,
    description: 'Accepted, but has no effect: front ends request attributes where that pays.',
  },
});

export type OptionValues = Values<typeof options>;

/** Extended attributes by the option that selects them. */
const XATTRS_BY_OPTION = [
  ['cache-capability-xattrs', ['security.capability']],
  ['cache-ima-xattrs', ['security.ima']],
  ['cache-selinux', ['security.selinux']],
  ['cache-posix-acl', ACL_NAMES],
  ['cache-glusterfs-acl', ['glusterfs.posix.acl', 'glusterfs.posix.default_acl']],
  ['cache-swift-metadata', ['user.swift.metadata']],
  [
    'cache-samba-metadata',
    [
      'user.DOSATTRIB',
      'user.DosStream.*',
      'user.org.netatalk.Metadata',
      'user.org.netatalk.ResourceFork',
      'security.NTACL',
    ],
  ],
] as const satisfies readonly (readonly [keyof OptionValues, readonly string[]])[];

/** Returns the names, and patterns of names, that the options select. */
export function readCachedXattrs(values: OptionValues): { names: Set<string>; patterns: RegExp[] } {
  const listedNames = values['xattr-cache-list'].split(',').map((name) => name.trim());
  const selected = [
    ...XATTRS_BY_OPTION.flatMap(([option, names]): readonly string[] =>
      values[option] ? names : [],
    ),
    ...listedNames.filter((name) => name !== ''),
  ];
  const isPattern = (name: string): boolean => /[*?[]/.test(name);
  return {
    names: new Set(selected.filter((name) => !isPattern(name))),
    patterns: selected.filter(isPattern).map(compileShellPattern),
  };
}

/** Longest md-cache-timeout, in seconds, without upcalls (reports of other clients' changes) from the bricks. */
const MAX_SECONDS_WITHOUT_UPCALLS = 60;

/** Returns the timeout in seconds that applies. */
export const computeTimeoutSeconds = (values: OptionValues): number =>
  values['cache-invalidation']
    ? values['md-cache-timeout']
    : Math.min(values['md-cache-timeout'], MAX_SECONDS_WITHOUT_UPCALLS);
