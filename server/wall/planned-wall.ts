/**
 * Plans the wall round a server from its settings and its volfile, in the command that starts it: what Landlock allows,
 * and what the filter of system calls depends on.
 */
import type { ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync } from 'node:fs';
import { isIP } from 'node:net';
import { dirname, resolve } from 'node:path';
import { GraphError } from '../../runtime/core/errors.ts';
import type { VolumeReach } from '../../runtime/core/reach.ts';
import { openToWrite } from '../../runtime/sys/guarded-write.ts';
import { listGraphReach } from '../../runtime/volfile/graph-reach.ts';
import { Failure, formatReason } from '../../terminal/exit.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { registry } from '../registry.ts';
import type { ServerSettings } from '../server-lifecycle.ts';
import { listServerReach } from '../server-reach.ts';
import { describeOrFail, inspectFile } from '../volfiles.ts';
import { type ChildOptions, findLandlock, spawnConfined } from './confinement.ts';
import { SCOPE_ABI, TCP_ABI } from './ruleset.ts';
import type { ServerWall } from './server-wall.ts';

/** A wall before its server starts. */
export interface PlannedWall {
  readonly server: ServerWall;
  /** Starts Node inside. @throws {Failure} if the kernel refuses */
  spawn(args: readonly string[], options: ChildOptions): ChildProcess;
}

/** The settings of a server whose wall is planned. */
export type WallSettings = ServerSettings & {
  readonly socket?: string | number;
  /** Whether the mount's devices can be opened. */
  readonly dev?: boolean;
  readonly frontEnd?: string | undefined;
};

/** Plans a wall. @throws {Failure} if the volfile is wrong, or the kernel does not confine */
export async function planWall(settings: WallSettings, terminal: Terminal): Promise<PlannedWall> {
  try {
    const { volfile, dev = false } = settings;
    refuseUnknownReach(settings);
    const inspection = await inspectFile(volfile, { ...settings, registry });
    // Warnings are the server's.
    const description = inspection.description ?? describeOrFail(inspection, terminal);
    const reach = [
      ...listGraphReach(description, registry, dirname(resolve(volfile))),
      ...listServerReach(settings),
    ];
    const abi = findLandlock();
    if (typeof abi === 'string') throw new Failure(`--confine: ${abi}`);
    makeFiles(reach);
    return {
      server: describeWall(reach, abi, dev),
      spawn(args, options) {
        try {
          return spawnConfined({ reach, abi, makesDevices: dev }, args, options);
        } catch (error) {
          throw new Failure(`--confine: ${formatReason(error)}`);
        }
      },
    };
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    throw new Failure(error.problems.join('\n'), error.problems);
  }
}

/** Refuses what a server reaches only once it runs. @throws {Failure} */
function refuseUnknownReach({ servers, allowShell, frontEnd }: WallSettings): void {
  const cause =
    (servers && 'a volfile from a server: what it reaches is not known before the start') ??
    (allowShell ? '--allow-shell: a confined server starts no shell' : undefined) ??
    (frontEnd === 'fuse-native' ? '--fuse fuse-native, which mounts in the server' : undefined);
  if (cause !== undefined) throw new Failure(`--confine cannot be used with ${cause}`);
}

/** Makes files and folders that a server would make later, because a rule is for a file that exists. */
const makersByPurpose: Readonly<Record<string, (path: string) => void>> = {
  statedumps: (path) => mkdirSync(path, { recursive: true, mode: 0o700 }),
  cache: (path) => mkdirSync(path, { recursive: true, mode: 0o700 }),
  log: (path) => closeSync(openToWrite(path, { mode: 0o600, append: true })),
  'pid file': (path) => closeSync(openToWrite(path, { mode: 0o644, noLinks: true, append: true })),
};

/** Makes what is missing of the server's own files. */
function makeFiles(reach: readonly VolumeReach[]): void {
  for (const { target, option, volume } of reach) {
    if (!('path' in target) || volume !== null) continue;
    try {
      makersByPurpose[option]?.(target.path);
    } catch {
      // The server says so when it writes there.
    }
  }
}

/** Finds what the filter depends on. */
function describeWall(
  reach: readonly VolumeReach[],
  abi: number,
  makesDevices: boolean,
): ServerWall {
  const targets = reach.filter(({ access }) => access === 'connect').map(({ target }) => target);
  const hosts = targets.flatMap((target) => ('path' in target ? [] : [target.host]));
  const isUnix = reach.some(
    ({ access, target }) => (access === 'connect' || access === 'listen') && 'path' in target,
  );
  const policy = {
    connects: targets.length > 0,
    makesUnixSockets: targets.length === 0 || isUnix,
    resolvesNames: hosts.some((host) => isIP(host) === 0 && host !== 'localhost'),
    makesDevices,
  };
  const kept = [
    'files',
    ...(abi >= TCP_ABI ? ['TCP ports'] : []),
    ...(abi >= SCOPE_ABI ? ['abstract sockets'] : []),
    'signals, programs and other system calls',
  ];
  return { policy, kept: `${kept.join(', ')} (Landlock ${abi}, seccomp)` };
}
