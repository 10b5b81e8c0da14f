/**
 * `glossa mount.glossa`: the helper that mount(8) calls for the types glossa and fuse.glossa, once
 * `glossa setup` has installed it. It is `glossa mount` with mount(8)'s options and exit statuses.
 *
 * Sources: mount(8), "External helpers" and "Exit status"; mount.glusterfs(8).
 */
import { existsSync } from 'node:fs';
import { formatSuggestion } from '../runtime/core/nearest.ts';
import { starterChannel } from '../server/starter-channel.ts';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_FAILURE, EXIT_OK, Failure, UsageError } from '../terminal/exit.ts';
import {
  commonFlags,
  listFlag,
  readFlags,
  takeOperands,
  textFlag,
  toggleFlag,
} from '../terminal/flags.ts';
import { printWarning, type Terminal } from '../terminal/terminal.ts';
import mount from './mount.ts';

/** Exit statuses of mount(8): for a wrong use, and for a failed mount. */
const STATUS_USAGE = 1;
const STATUS_FAILED = 32;

/**
 * The mount options of all file systems, with the flag of `glossa mount` for each. Null means no
 * flag: the option is the default, or only mount(8) or the system's start uses it.
 */
const standardOptions: Readonly<Record<string, string | null>> = {
  ro: '--read-only',
  rw: null,
  suid: '--suid',
  nosuid: null,
  dev: '--dev',
  nodev: null,
  exec: null,
  noexec: '--noexec',
  acl: null,
  noacl: '--no-acl',
  async: null,
  // No effect: the storage, not the mount, decides about access times.
  ...mapToNull('atime noatime relatime norelatime strictatime nostrictatime diratime nodiratime'),
  ...mapToNull('lazytime nolazytime silent loud'),
  // Options that users copy from /proc/mounts, and options that mount.fuse(8) passes on.
  ...mapToNull(
    'user_id group_id rootmode default_permissions max_read blksize fsname subtype nonempty',
  ),
  ...mapToNull('defaults auto noauto nofail _netdev comment user nouser users owner group'),
};

/** Maps each of the names, which blanks separate, to null. */
function mapToNull(names: string): Record<string, null> {
  return Object.fromEntries(names.split(' ').map((name) => [name, null]));
}

/** Options without an effect: they give a warning, as from mount.glusterfs. */
const ignoredOptions = new Set(['sync', 'dirsync', 'mand', 'nomand', 'iversion', 'noiversion']);

/** Flags of `glossa mount` that cannot be given as mount options. */
const excludedFlags = new Set([
  ...['volfile', 'no-daemon', 'debug', 'help', 'quiet', 'verbose'],
  // Both are in the mount's source, HOST:/NAME.
  ...['volfile-server', 'volfile-id'],
]);
/** The mount options that are flags of `glossa mount` without the dashes. */
const glossaOptions = Object.entries(mount.flags).filter(([name]) => !excludedFlags.has(name));

/** Options of mount.glusterfs, and the flag for each of the values, which colons separate. */
const glusterOptions: Readonly<Record<string, string>> = {
  'server-port': 'volfile-server-port',
  'backup-volfile-server': 'volfile-server',
  'backup-volfile-servers': 'volfile-server',
};

/** The values of a mount option that give its flag, and those that do not. */
const trueWords = ['on', 'yes', 'true', 'enable', '1'];
const falseWords = ['off', 'no', 'false', 'disable', '0'];

export default defineCommand({
  usage: [
    'mount -t glossa VOLFILE MNT [-o OPTIONS]',
    'mount -t glossa HOST:/NAME[/PATH] MNT [-o OPTIONS]',
    'mount.glossa VOLFILE MNT [-sfnv] [-o OPTIONS]',
  ],
  description:
    'Mounts what VOLFILE describes on MNT, or the volume NAME whose volfile HOST has, or its folder PATH, as `glossa ' +
    'mount` does, for mount(8), which calls it for a ' +
    'line of /etc/fstab as well: /etc/glossa/NAME.vol MNT glossa defaults,_netdev 0 0. ' +
    `OPTIONS are ro, and those of \`glossa mount\` without their dashes: ${glossaOptions
      .map(([name, { placeholder: value }]) => (value === undefined ? name : `${name}=${value}`))
      .join(', ')}. ` +
    'As of mount.glusterfs there are server-port=N, backup-volfile-servers=HOST:HOST and acl, which is so ' +
    'anyway; noacl is no-acl. ' +
    'What is for mount(8) and for the start of the system is accepted (noauto, nofail, _netdev, user, ' +
    'x-..., and so on). The exit status is that of mount(8): 1 for a wrong use, 32 for a mount that ' +
    "failed. 'glossa setup' makes it known to mount(8).",
  flags: {
    options: listFlag({ short: 'o', placeholder: 'OPTIONS', help: 'options, with commas between' }),
    sloppy: toggleFlag({ short: 's', help: 'accept unknown options' }),
    fake: toggleFlag({ short: 'f', help: 'do everything but mount' }),
    'no-mtab': toggleFlag({ short: 'n', help: 'accepted: there is no /etc/mtab to be written' }),
    verbose: toggleFlag({ short: 'v', help: 'say what is mounted, and how' }),
    types: textFlag({ short: 't', placeholder: 'TYPE', help: 'accepted: there is one' }),
  },
  placeholderKinds: { MNT: 'folder', OPTIONS: 'free', TYPE: 'free' },
  async run({ flags, operands }, terminal) {
    try {
      const [volfile, mnt] = takeOperands(operands, ['VOLFILE', 'MNT']);
      // A daemon's process runs this again: only its starter warns.
      const warnOnce = (text: string): void => {
        if (starterChannel === null) printWarning(text, terminal);
      };
      const optionFlags = flags.options.flatMap((options) =>
        convertOptions(options, flags.sloppy, warnOnce),
      );
      const sourceFlags = makeServerFlags(volfile);
      const volfileOperands = sourceFlags.length > 0 ? [] : [volfile];
      const args = [...sourceFlags, ...optionFlags, '--', ...volfileOperands, mnt];
      const parsed = readFlags({ ...commonFlags, ...mount.flags }, args);
      if (flags.verbose && starterChannel === null) terminal.out(`glossa mount ${args.join(' ')}`);
      if (flags.fake) return EXIT_OK;
      const status = await mount.run(parsed, terminal);
      return status === EXIT_FAILURE ? STATUS_FAILED : status;
    } catch (error) {
      return reportError(error, terminal);
    }
  },
});

/** Prints an expected error in one line, and returns the status of mount(8) for it. */
function reportError(error: unknown, terminal: Terminal): number {
  if (!(error instanceof UsageError || error instanceof Failure)) throw error;
  // A message that lists the problems of a volfile begins with their positions in the file.
  const prefix = error instanceof Failure && error.problems !== null ? '' : 'mount.glossa: ';
  terminal.err(`${prefix}${error.message}`);
  return error instanceof UsageError ? STATUS_USAGE : STATUS_FAILED;
}

/** Matches HOST:/NAME[/PATH]; several hosts are separated by commas, as for mount.glusterfs. */
const SERVER_SOURCE = /^((?:\[[^\]/]+\]|[^/:,]+)(?:,(?:\[[^\]/]+\]|[^/:,]+))*):\/?([^/]+)(\/.*)?$/;

/**
 * Makes the flags for a mount's source: empty for a file, else volfile servers, volume and folder.
 */
function makeServerFlags(source: string): string[] {
  const [, hosts, name, folder] = existsSync(source) ? [] : (SERVER_SOURCE.exec(source) ?? []);
  if (hosts === undefined) return [];
  const servers = hosts.split(',').map((host) => `--volfile-server=${host}`);
  const isWholeVolume = folder === undefined || folder === '/';
  return [
    ...servers,
    `--volfile-id=/${name}`,
    ...(isWholeVolume ? [] : [`--subdir-mount=${folder}`]),
  ];
}

/**
 * Converts options of mount(8), separated by commas, into flags of `glossa mount`.
 * @param isSloppy whether unknown options are dropped
 * @param warnOnce prints a warning, unless the starter of this process has printed it already
 * @throws {UsageError}
 */
export function convertOptions(
  options: string,
  isSloppy: boolean,
  warnOnce: (text: string) => void,
): string[] {
  // A value in quotes may have commas in it.
  const optionTexts = options.match(/(?:"[^"]*"|[^",])+/g) ?? [];
  return optionTexts.flatMap((option) => {
    const [, name, value] = /^([^=]*)(?:=(.*))?$/s.exec(option.replaceAll('"', ''))!;
    return convertOption(name!, value, isSloppy, warnOnce) ?? [];
  });
}

/**
 * Converts one option into a flag, or into several; null for an option that needs none.
 * @throws {UsageError}
 */
function convertOption(
  name: string,
  value: string | undefined,
  isSloppy: boolean,
  warnOnce: (text: string) => void,
): string | string[] | null {
  if (/^x-/i.test(name)) return null;
  const glusterFlag = glusterOptions[name];
  if (glusterFlag !== undefined) {
    if (!value) throw new UsageError(`the mount option ${name} needs a value`);
    return value.split(':').map((part) => `--${glusterFlag}=${part}`);
  }
  const standardFlag = standardOptions[name];
  if (standardFlag !== undefined) return standardFlag;
  if (name === 'remount') {
    throw new UsageError("a mount cannot be changed by 'remount': unmount it, and mount it again");
  }
  if (ignoredOptions.has(name)) {
    warnOnce(`the mount option '${name}' has no effect`);
    return null;
  }
  // libfuse's option names have underscores.
  const match = glossaOptions.find(([flag]) => flag === name.replaceAll('_', '-'));
  if (match === undefined) {
    if (isSloppy) return null;
    const names = [...Object.keys(standardOptions), ...glossaOptions.map(([flag]) => flag)];
    throw new UsageError(`unknown mount option '${name}'${formatSuggestion(name, names)}`);
  }
  const [flag, { placeholder }] = match;
  if (placeholder !== undefined) {
    if (value === undefined)
      throw new UsageError(`the mount option ${flag} needs a value (${placeholder})`);
    return `--${flag}=${value}`;
  }
  if (value === undefined || trueWords.includes(value)) return `--${flag}`;
  if (falseWords.includes(value)) return null;
  throw new UsageError(`the mount option ${flag} is on or off, not '${value}'`);
}
