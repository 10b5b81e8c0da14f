/** Options of performance/md-cache: names, defaults and ranges are GlusterFS 10's. */
import { ACL_NAMES } from '../../../core/acl.ts';
import { defineReconfigurableOptions, type Values } from '../../../core/options.ts';
import { compileShellPattern } from '../../../core/shell-pattern.ts';
import { commonOptions, switchOption } from '../shared/options.ts';

const cachesOption = (names: string, on = false) =>
  ({
    type: 'bool',
    default: on,
    description: `Whether ${names} are cached.`,
  }) as const;

export const options = defineReconfigurableOptions({
  ...commonOptions,
  'md-cache': switchOption(true),
  'md-cache-timeout': {
    type: 'int',
    default: 1,
    min: 0,
    max: 600,
    description:
      'Seconds for which attributes are believed. More than 60 only with cache-invalidation; ' +
      'otherwise it is 60.',
  },
  'kernel-timeout': {
    type: 'time',
    default: 0,
    description:
      'How long the kernel uses cached names and attributes without a request: never longer than ' +
      'this cache does, and not after an upcall of a brick. 0: as the mount has it ' +
      '(entry-timeout, attribute-timeout).',
  },
  'cache-invalidation': {
    type: 'bool',
    default: false,
    description: 'The bricks report changes by other clients: option md-cache-timeout may be long.',
  },
  'global-cache-invalidation': {
    type: 'bool',
    default: true,
    description: 'Invalidates data caches above when a file has changed.',
  },
  'cache-capability-xattrs': cachesOption('capabilities of programs (security.capability)', true),
  'cache-ima-xattrs': cachesOption("integrity's hashes (security.ima)", true),
  'cache-selinux': cachesOption('labels of SELinux'),
  'cache-posix-acl': cachesOption('ACLs'),
  'cache-glusterfs-acl': cachesOption('ACLs under the names that GlusterFS gives them'),
  'cache-swift-metadata': cachesOption('attributes of gluster-swift'),
  'cache-samba-metadata': cachesOption('attributes of Samba'),
  'xattr-cache-list': {
    type: 'str',
    default: '',
    description:
      'Further extended attributes that are cached: names, patterns too, with commas. Of a file no more ' +
      'than 64 KiB of all of them is kept.',
  },
  'md-cache-statfs': {
    type: 'bool',
    default: false,
    description: 'Whether what statvfs(3) tells is cached.',
  },
  'force-readdirp': {
    type: 'bool',
    default: true,
    description: 'Accepted, without effect: front ends ask for attributes where these pay.',
  },
});

export type OptionValues = Values<typeof options>;

/** Extended attributes by the option that selects them. */
const XATTRS = [
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
    ...XATTRS.flatMap(([option, names]): readonly string[] => (values[option] ? names : [])),
    ...listedNames.filter((name) => name !== ''),
  ];
  const isPattern = (name: string): boolean => /[*?[]/.test(name);
  return {
    names: new Set(selected.filter((name) => !isPattern(name))),
    patterns: selected.filter(isPattern).map(shellPattern),
  };
}

/** Longest timeout in seconds without upcalls from the bricks. */
const MAX_TIMEOUT_WITHOUT_UPCALLS = 60;

export const effectiveTimeout = (values: OptionValues): number =>
  values['cache-invalidation']
    ? values['md-cache-timeout']
    : Math.min(values['md-cache-timeout'], MAX_TIMEOUT_WITHOUT_UPCALLS);
