/**
 * Lists what a server reaches besides its volumes: its installation, log, cache and state, and what Node, OpenSSL and the
 * C library open by themselves. Paths that this machine lacks are listed, too.
 */
import { readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, resolve } from 'node:path';
import {
  findDefaultCacheFolder,
  findProgramCacheFolder,
} from '../bridges/machine/node/cache-folder.ts';
import {
  type Reach,
  type ReachAccess,
  reachPath,
  type VolumeReach,
} from '../runtime/core/reach.ts';
import { packageRoot, resolveLinks } from '../runtime/sys/paths.ts';
import { CONSOLE, findDefaultLogFile } from './log-sink.ts';
import type { Address } from './metrics/metrics-address.ts';
import { findDefaultRunFolder } from './run-folder.ts';
import type { VolfileServers } from './volfile-servers.ts';

/** The settings of a server that name files and addresses, as in `ServerSettings`. */
interface ReachSettings {
  readonly volfile: string;
  readonly logFile: string;
  readonly servers?: VolfileServers | undefined;
  readonly pidFile?: string | undefined;
  readonly statedumpPath?: string | undefined;
  readonly metrics?: Address | undefined;
  /** The socket of `glossa api`: a path, or a connected descriptor. */
  readonly socket?: string | number;
  /** The file of a recording that the server makes. */
  readonly recordFile?: string | undefined;
}

/** Files that Node, OpenSSL and the C library read: for libraries, certificates, names, times, numbers of CPUs. */
const SYSTEM_FILES = [
  ...['/etc/ld.so.cache', '/etc/ld.so.preload', '/etc/ssl/openssl.cnf', '/etc/ssl/certs'],
  ...[
    '/etc/pki/tls/openssl.cnf',
    '/etc/pki/tls/certs',
    '/etc/pki/ca-trust',
    '/etc/crypto-policies',
  ],
  ...['/etc/nsswitch.conf', '/etc/passwd', '/etc/group', '/etc/hosts', '/etc/host.conf'],
  ...['/etc/resolv.conf', '/etc/gai.conf', '/etc/localtime', '/usr/share/zoneinfo', '/dev/urandom'],
  // Of other processes, too: the groups of a caller are in its status.
  ...['/proc', '/sys/fs/cgroup', '/sys/devices/system/cpu', '/sys/class/net'],
];

/** Folders of libraries that are loaded later, such as those that resolve names. */
const LIBRARY_FOLDERS = ['/lib', '/lib64', '/usr/lib', '/usr/lib64', '/usr/local/lib'];

/** Environment variables that name a file or folder which Node or OpenSSL reads. */
const FILE_VARIABLES = ['OPENSSL_CONF', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'NODE_EXTRA_CA_CERTS'];

/** The packages that are loaded from wherever npm has put them, by a file of theirs. */
const PACKAGES = [
  `@koromix/koffi-${process.platform}-${process.arch}`,
  ...['pyodide', '@jitl/quickjs-wasmfile-release-sync/wasm', 'picomatch', 'resolve.exports'],
];

/** Lists the libraries that this process has loaded: the server, the same program, needs them. */
function listLibraries(): string[] {
  try {
    const maps = readFileSync('/proc/self/maps', 'utf8');
    return [...maps.matchAll(/ (\/.*\/[^/\n]+\.so(\.[^/\n]*)?)$/gm)].map(([, path]) => path!);
  } catch {
    // Without /proc no kernel confines the server.
    return [];
  }
}

/** Whether a library is the program that loads the others, which execve(2) runs. */
const isLoader = (path: string): boolean => /^ld[-.]/.test(basename(path));

/** Lists the folders of packages. */
function listPackageFolders(): string[] {
  const { resolve: findFile } = createRequire(import.meta.filename);
  return PACKAGES.flatMap((name) => {
    try {
      return /^.*\/node_modules\/(@[^/]*\/)?[^/]*/.exec(realpathSync(findFile(name)))?.[0] ?? [];
    } catch {
      // An optional package is missing.
      return [];
    }
  });
}

/** Resolves links, and leaves out what another of the paths contains. */
function simplifyPaths(paths: readonly string[]): string[] {
  const realPaths = new Set(paths.map(resolveLinks));
  const isInside = (path: string): boolean =>
    [...realPaths].some((other) => path.startsWith(`${other}/`));
  return [...realPaths].filter((path) => !isInside(path));
}

/** Returns the folder of a default log, where it turns over; of another log the file, which then starts over. */
const findLogReach = (logFile: string): string =>
  dirname(logFile) === dirname(findDefaultLogFile('')) ? dirname(logFile) : logFile;

/** Lists what a server with these settings reaches itself. */
export function listServerReach(settings: ReachSettings): VolumeReach[] {
  const { volfile, servers, logFile, pidFile, statedumpPath, metrics, socket, recordFile } =
    settings;
  const { NODE_COMPILE_CACHE } = process.env;
  const variables = FILE_VARIABLES.flatMap((name) => process.env[name] ?? []);
  const programCaches = [
    findProgramCacheFolder(),
    ...(NODE_COMPILE_CACHE ? [NODE_COMPILE_CACHE] : []),
  ];
  const libraries = listLibraries();
  const listPaths = (paths: readonly string[], purpose: string, ...accesses: ReachAccess[]) =>
    simplifyPaths(paths).flatMap((path) => reachPath(path, purpose, ...accesses));
  const own: Reach[] = [
    ...(servers === undefined ? reachPath(resolve(volfile), 'volfile', 'read') : []),
    ...(servers?.servers ?? []).map(
      (target): Reach => ({ access: 'connect', target, option: 'volfile server' }),
    ),
    ...(logFile === CONSOLE ? [] : reachPath(findLogReach(logFile), 'log', 'read', 'write')),
    ...(pidFile === undefined ? [] : reachPath(pidFile, 'pid file', 'read', 'write')),
    ...reachPath(statedumpPath ?? findDefaultRunFolder(), 'statedumps', 'read', 'write'),
    ...(metrics ? [{ access: 'listen', target: metrics, option: 'metrics' } as const] : []),
    ...(typeof socket === 'string' ? reachPath(socket, 'socket', 'listen') : []),
    ...(recordFile === undefined ? [] : reachPath(recordFile, 'recording', 'read', 'write')),
    ...reachPath(findDefaultCacheFolder(), 'cache', 'read', 'write'),
    ...programCaches.flatMap((folder) => reachPath(folder, 'compiled code', 'read')),
    ...listPaths([packageRoot, ...listPackageFolders()], 'installation', 'read'),
    ...listPaths([process.execPath, ...libraries.filter(isLoader)], 'Node', 'read', 'execute'),
    ...listPaths([...libraries.map(dirname), ...LIBRARY_FOLDERS], 'libraries', 'read'),
    ...listPaths([...SYSTEM_FILES, ...variables], 'system', 'read'),
    ...reachPath('/dev/null', 'device', 'read', 'write'),
  ];
  return own.map((item) => ({ ...item, volume: null }));
}
