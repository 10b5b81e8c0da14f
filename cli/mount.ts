/**
 * `glossa mount`, and `glossa -f VOLFILE MNT` with the flags of glusterfs: serves a volfile's graph
 * on a directory, in this process (`-N`) or in a daemon.
 */
import { statSync } from 'node:fs';
import { posix, resolve } from 'node:path';
import type { FrontEndName } from '../runtime/mount/front-ends.ts';
import { CONSOLE } from '../server/log-sink.ts';
import type { MountServerSettings } from '../server/mount-server.ts';
import { refuseStuck } from '../server/stuck-mounts.ts';
import {
  formatVolfileServer,
  VOLFILE_SERVER_PORT,
  type VolfileServers,
} from '../server/volfile-servers.ts';
import { defineCommand } from '../terminal/command.ts';
import { UsageError } from '../terminal/exit.ts';
import {
  choiceFlag,
  type Flags,
  type FlagValues,
  listFlag,
  numberFlag,
  takeOperands,
  textFlag,
  toggleFlag,
} from '../terminal/flags.ts';
import { parseSlowThreshold } from '../terminal/slow-threshold.ts';
import { paint, type Terminal, type Verbosity } from '../terminal/terminal.ts';
import {
  confineFlags,
  daemonFlags,
  processFlags,
  readServerSettings,
  startServer,
} from './server-command.ts';

const PORT_MAX = 65_535;
/** Matches a host name, an IPv4 address, or an IPv6 address (in brackets if a port follows). */
const ADDRESS =
  /^(?:\[([0-9a-fA-F:.%]+)\]|([^:[\]\s/]+))(?::(\d{1,5}))?$|^([0-9a-fA-F.%]*:[0-9a-fA-F:.%]*:[0-9a-fA-F:.%]*)$/;

/** The flags for volfile servers; their names are glusterfs's. */
export const volfileServerFlags = {
  'volfile-server': listFlag({
    short: 's',
    placeholder: 'SERVER',
    help: 'ask HOST[:PORT] for the volfile; given again, another one if that is not there',
  }),
  'volfile-id': textFlag({ placeholder: 'NAME', help: 'the volume whose volfile is asked for' }),
  'volfile-server-port': numberFlag({
    placeholder: 'N',
    isWhole: true,
    help: `the port of servers that are given without one (${VOLFILE_SERVER_PORT})`,
  }),
  'volfile-server-transport': choiceFlag({
    placeholder: 'WAY',
    values: ['tcp', 'unix'],
    help: 'tcp (without it), or unix: SERVER is the path of a socket',
  }),
} satisfies Flags;

/**
 * Reads the servers and the volfile's id; undefined if the flags name no server.
 * @throws {UsageError}
 */
export function readVolfileServers(
  flags: FlagValues<typeof volfileServerFlags> & {
    readonly volfile: string | undefined;
    readonly 'allow-shell': boolean;
  },
): VolfileServers | undefined {
  const { 'volfile-server': servers, 'volfile-id': id } = flags;
  if (servers.length === 0) {
    if (id === undefined) return undefined;
    throw new UsageError('--volfile-id needs a server to ask: -s HOST[:PORT]');
  }
  if (flags.volfile !== undefined)
    throw new UsageError('use either --volfile or --volfile-server, not both');
  if (!id) throw new UsageError('-s needs the volume to ask for: --volfile-id NAME');
  if (flags['allow-shell']) {
    throw new UsageError('--allow-shell is for files: commands of a server are not run');
  }
  const port = flags['volfile-server-port'] ?? VOLFILE_SERVER_PORT;
  const isUnix = flags['volfile-server-transport'] === 'unix';
  return {
    servers: servers.map((server) =>
      isUnix ? { path: resolve(server) } : parseServer(server, port),
    ),
    id,
  };
}

/**
 * Reads `HOST`, `HOST:PORT`, `[IPV6]:PORT`.
 * @param errorStart the beginning of an error's message
 * @throws {UsageError}
 */
export function parseServer(
  text: string,
  defaultPort: number,
  errorStart = '-s takes',
): { readonly host: string; readonly port: number } {
  const [, bracketedIpv6, name, port = defaultPort, bareIpv6] = ADDRESS.exec(text) ?? [];
  const host = bracketedIpv6 ?? name ?? bareIpv6;
  if (host === undefined || Number(port) > PORT_MAX || Number(port) < 1) {
    throw new UsageError(`${errorStart} HOST, HOST:PORT or [IPV6]:PORT, not '${text}'`);
  }
  return { host, port: Number(port) };
}

/** The default of --slow. */
const DEFAULT_SLOW_MS = 100;

const frontEndNames = ['kernel', 'fuse-native'] as const satisfies readonly FrontEndName[];

/** Flags that `glossa run`, `trace`, `record` and `debug` have as well, and pass to the server. */
export const serverFlags = {
  ...processFlags,
  'entry-timeout': numberFlag({ placeholder: 'SEC', help: 'seconds the kernel caches a name (1)' }),
  'attribute-timeout': numberFlag({
    placeholder: 'SEC',
    help: 'seconds the kernel caches attributes (1)',
  }),
  'negative-timeout': numberFlag({
    placeholder: 'SEC',
    help: 'seconds the kernel caches that a name is absent (0)',
  }),
  'busy-poll': numberFlag({
    placeholder: 'US',
    isWhole: true,
    help: 'microseconds to wait awake for a request (50); 0 sleeps at once, and spares CPU time',
  }),
  fuse: choiceFlag({
    placeholder: 'WAY',
    values: frontEndNames,
    help: 'kernel (the FUSE protocol of Linux) or fuse-native (the package of that name)',
  }),
  'no-passthrough': toggleFlag({
    help: 'read and write all data in the server, also what no volume watches',
  }),
  'kernel-writeback-cache': toggleFlag({
    help: 'the kernel keeps writes back, and brings them later and together; no passthrough',
  }),
  'no-acl': toggleFlag({ help: 'no ACLs: modes alone are checked, and ls -l asks less' }),
  'read-only': toggleFlag({ help: 'no writing' }),
  suid: toggleFlag({ help: 'programs keep set-user-id, if root mounts (without it: nosuid)' }),
  dev: toggleFlag({ help: 'devices can be opened, if root mounts (without it: nodev)' }),
  noexec: toggleFlag({ help: 'no program in it can be run' }),
} satisfies Flags;

const mountFlags = {
  volfile: textFlag({ short: 'f', placeholder: 'VOLFILE', help: 'the volfile' }),
  ...daemonFlags,
  ...confineFlags,
  ...serverFlags,
  'allow-other': toggleFlag({ help: 'let other users in; root does so by default' }),
  'no-allow-other': toggleFlag({ help: 'keep other users out' }),
  slow: textFlag({
    placeholder: 'TIME',
    help: 'requests that took so long are kept for glossa why (100ms); or 2s, 50us',
  }),
  ...volfileServerFlags,
  'subdir-mount': textFlag({
    placeholder: 'PATH',
    help: 'mount this folder of the volume, as bricks have it',
  }),
  'volume-name': textFlag({
    short: 'n',
    placeholder: 'NAME',
    help: 'accepted, as by glusterfs; not needed',
  }),
} satisfies Flags;

export default defineCommand({
  usage: [
    'glossa mount VOLFILE MNT [options]',
    'glossa mount MODULE MNT [options]',
    'glossa -f VOLFILE [options] MNT',
    'glossa -s SERVER --volfile-id NAME [options] MNT',
  ],
  description:
    'Mounts what VOLFILE describes on the directory MNT, and returns when it is there. The ' +
    "server goes on as a daemon, until 'glossa umount MNT', SIGTERM or SIGINT; SIGHUP makes it read " +
    'the options in its volfile and open its log again. A MODULE that is a storage needs no volfile: ' +
    'its options are set by --xlator-option. Without --log-file the log is /var/log/glossa/MNT.log for root, otherwise ' +
    "~/.local/state/glossa/MNT.log, with '-' for each '/' in MNT. " +
    "With -s the volfile is the one that 'glossa brick volfiles' or the management daemon of " +
    'GlusterFS has of the volume NAME; SERVER is HOST or HOST:PORT, and other servers are asked ' +
    'when the first is not there. The mount takes over what changes there.',
  flags: mountFlags,
  placeholderKinds: { MNT: 'folder' },
  async run({ flags, operands }, terminal) {
    const settings = await readSettings(flags, operands, terminal.verbosity);
    return startServer(settings, flags, {
      terminal,
      readyLine: formatReadyLine(settings, terminal),
      place: settings,
      serve: async (starter) =>
        (await import('../server/mount-server.ts')).serveMount(settings, terminal, starter),
    });
  },
});

/** Reads the settings from flags and operands. @throws {UsageError | Failure} */
async function readSettings(
  flags: FlagValues<typeof mountFlags>,
  operands: readonly string[],
  verbosity: Verbosity | undefined,
): Promise<MountServerSettings> {
  const servers = readVolfileServers(flags);
  const volfileOrServer = servers === undefined ? flags.volfile : formatVolfileServer(servers);
  const [volfile, mnt] =
    volfileOrServer === undefined
      ? takeOperands(operands, ['VOLFILE', 'MNT'])
      : [volfileOrServer, ...takeOperands(operands, ['MNT'])];
  if (servers === undefined) {
    await refuseStuck(volfile, mnt);
    checkOperands(volfile, mnt);
  } else await refuseStuck(mnt);
  const mountpoint = resolve(mnt);
  return {
    ...readServerSettings(flags, volfile, mountpoint, verbosity),
    servers,
    subdirMount: readSubdirectory(flags['subdir-mount']),
    mountpoint,
    slowMs: flags.slow === undefined ? DEFAULT_SLOW_MS : parseSlowThreshold(flags.slow),
    readOnly: flags['read-only'],
    suid: flags.suid,
    dev: flags.dev,
    noexec: flags.noexec,
    // Undefined for the default, which is different for root.
    allowOther: flags['no-allow-other'] ? false : flags['allow-other'] || undefined,
    entryTimeout: flags['entry-timeout'],
    attributeTimeout: flags['attribute-timeout'],
    negativeTimeout: flags['negative-timeout'],
    busyPollUs: flags['busy-poll'],
    passthrough: !flags['no-passthrough'],
    writeback: flags['kernel-writeback-cache'],
    acl: !flags['no-acl'],
    frontEnd: flags.fuse,
  };
}

/** Reads --subdir-mount; undefined for the whole volume. @throws {UsageError} */
function readSubdirectory(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  if (!path.startsWith('/')) {
    throw new UsageError(`--subdir-mount takes a path from the root of the volume, not '${path}'`);
  }
  const normalized = posix.resolve(path);
  return normalized === '/' ? undefined : normalized;
}

/** Refuses swapped operands, and a folder in place of a volfile. @throws {UsageError} */
function checkOperands(volfile: string, mnt: string): void {
  const findPathKind = (path: string): string => {
    try {
      return statSync(path).isDirectory() ? 'folder' : 'file';
    } catch {
      // A later step reports a missing or unreadable path.
      return 'nothing';
    }
  };
  const [volfileKind, mntKind] = [findPathKind(volfile), findPathKind(mnt)];
  if (mntKind === 'file' && (volfileKind !== 'file' || mnt.endsWith('.vol'))) {
    const problem = `${mnt} is a file, and no directory to mount on`;
    throw new UsageError(`${problem}: are they swapped? glossa mount ${mnt} ${volfile}`);
  }
  if (volfileKind === 'folder') {
    throw new UsageError(`${volfile} is a folder, and no volfile: glossa mount VOLFILE MNT`);
  }
}

/** Formats the line that is printed once the mount serves. */
function formatReadyLine(
  { volfile, mountpoint, logFile }: MountServerSettings,
  terminal: Terminal,
): string {
  const log = logFile === CONSOLE ? '' : `; the log is ${logFile}`;
  return `${volfile} is ${paint('good', 'mounted', terminal.colour.out)} on ${mountpoint}${log}`;
}
