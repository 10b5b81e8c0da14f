/**
 * Serves a mount of a volfile until it is unmounted. Called by `glossa mount`;
 * `server-lifecycle.ts` has the parts that it shares with the server of bricks.
 */

import { realpath } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import type { Graph } from '../runtime/core/graph.ts';
import type { Log } from '../runtime/core/log.ts';
import { messages } from '../runtime/core/messages.ts';
import { defaultFrontEnd, type FrontEndName, frontEnds } from '../runtime/mount/front-ends.ts';
import type { MountOptions } from '../runtime/mount/fuse/kernel-mount.ts';
import { MountError } from '../runtime/mount/fuse/mount-error.ts';
import { hasEntries } from '../runtime/mount/fuse/mounter.ts';
import type { Mount } from '../runtime/mount/mount.ts';
import { findMount } from '../runtime/mount/mountinfo.ts';
import { NotableRequests } from '../runtime/mount/notable-requests.ts';
import { nameServer } from '../runtime/mount/server-process.ts';
import { pump } from '../runtime/pump/pump.ts';
import { setThreadName } from '../runtime/sys/libc.ts';
import { packageRoot } from '../runtime/sys/paths.ts';
import type { VolfileDescription } from '../runtime/volfile/description.ts';
import { makePrintable } from '../runtime/volfile/printable-text.ts';
import { EXIT_FAILURE, EXIT_OK, exitAfterFlush, Failure } from '../terminal/exit.ts';
import { printStep, printWarning, type Terminal } from '../terminal/terminal.ts';
import { ControlHost } from './control/control-host.ts';
import { GraphQuestions } from './control/graph-questions.ts';
import { PidFile } from './pid-file.ts';
import { refuseInside } from './refuse-inside.ts';
import {
  describeServer,
  type GraphServer,
  makeReloader,
  openRunFolder,
  runServer,
  type ServerContext,
  type ServerSettings,
  type Starter,
  withStartErrors,
} from './server-lifecycle.ts';
import { type MountingCommand, makeMountFailure } from './without-mount.ts';

/** The settings of a mount, from the options of `glossa mount`. */
export interface MountServerSettings extends ServerSettings {
  /** The absolute path of the mount point. */
  readonly mountpoint: string;
  /** The time in milliseconds from which on a request is recorded for `glossa why`. */
  readonly slowMs: number;
  readonly readOnly: boolean;
  readonly suid: boolean;
  readonly dev: boolean;
  readonly noexec: boolean;
  /** Whether other users may enter; undefined for the default: root's mounts let them in. */
  readonly allowOther: boolean | undefined;
  /** The seconds for which the kernel caches names; undefined for the default, as below. */
  readonly entryTimeout: number | undefined;
  /** The seconds for which the kernel caches attributes. */
  readonly attributeTimeout: number | undefined;
  /** The seconds for which the kernel caches that a name is absent. */
  readonly negativeTimeout: number | undefined;
  /** The microseconds for which an idle server polls for requests before it sleeps. */
  readonly busyPollUs: number | undefined;
  readonly passthrough: boolean;
  readonly writeback: boolean;
  /** Whether the mount has POSIX ACLs. */
  readonly acl: boolean;
  readonly frontEnd: FrontEndName | undefined;
}

/**
 * Mounts, and serves until the mount is unmounted; resolves to the exit status. @throws {Failure}
 */
export function serveMount(
  settings: MountServerSettings,
  terminal: Terminal,
  starter: Starter,
): Promise<number> {
  const { mountpoint } = settings;
  refuseInside(mountpoint, {
    log: settings.logFile,
    'pid file': settings.pidFile,
    'folder for statedumps': openRunFolder(settings).path,
  });
  const graphServer: GraphServer = {
    checkBeforeStart: () => refuseOwnFiles(mountpoint),
    async refuseVolfile(description, baseDir) {
      refuseWithoutClient(settings, description);
      await refuseServedDirectory(mountpoint, description, baseDir);
    },
    serve: (graph, serverContext) => serveGraph(graphServer, graph, settings, serverContext),
    wake: () => pump.wake(),
  };
  return runServer(graphServer, settings, terminal, starter);
}

/** Returns the mount's source in /proc/mounts: the volfile's name, and the subdirectory if any. */
const makeMountSource = (
  { servers, subdirMount = '' }: MountServerSettings,
  name: string,
): string => (servers === undefined ? name : name + subdirMount);

/** Refuses --subdir-mount without a brick, which serves the subdirectory. @throws {Failure} */
function refuseWithoutClient(
  { subdirMount }: MountServerSettings,
  { file, volumes }: VolfileDescription,
): void {
  if (subdirMount === undefined) return;
  if (volumes.some(({ type }) => type.text === 'protocol/client')) return;
  throw new Failure(
    `${makePrintable(file)} has no volume of type protocol/client, whose brick could be asked for the ` +
      `folder ${makePrintable(subdirMount)}`,
  );
}

/**
 * Refuses a mount point in a directory that a volume serves: the server would reach its own mount
 * there and wait for itself.
 */
async function refuseServedDirectory(
  mountpoint: string,
  { volumes }: VolfileDescription,
  baseDir: string,
): Promise<void> {
  const mountPath = await resolveLinks(mountpoint);
  for (const { name, type, options } of volumes) {
    const directory = options.find(({ key }) => key.text === 'directory')?.value.text;
    if (type.text !== 'storage/posix' || directory === undefined) continue;
    const servedDirectory = await resolveLinks(resolve(baseDir, directory));
    // A relative path that begins with `..` leads outside.
    if (relative(servedDirectory, mountPath).split('/')[0] === '..') continue;
    throw new Failure(
      `the mount point ${mountpoint} is in ${servedDirectory}, which volume '${name.text}' serves: ` +
        'mount it elsewhere',
    );
  }
}

/**
 * Refuses a mount point that contains this program: the server, which reads its own files again (as
 * for a new interpreter), would wait for itself.
 */
async function refuseOwnFiles(mountpoint: string): Promise<void> {
  // A relative path that begins with `..` leads outside.
  if (relative(await resolveLinks(mountpoint), packageRoot).split('/')[0] === '..') return;
  throw new Failure(
    `the mount point ${mountpoint} has glossa itself in it (${packageRoot}), which would come to ` +
      'wait for itself: mount it elsewhere',
  );
}

/** Resolves symbolic links; returns a missing path unchanged. */
const resolveLinks = (path: string): Promise<string> => realpath(path).catch(() => path);

/** Mounts a graph that is up, and serves until the mount is unmounted. */
async function serveGraph(
  graphServer: GraphServer,
  graph: Graph,
  settings: MountServerSettings,
  serverContext: ServerContext,
): Promise<number> {
  const { source, levels, log, shutdown, starter, terminal, startErrors } = serverContext;
  const { mountpoint, volfile } = settings;
  const about = { ...describeServer(serverContext), mountpoint };
  const reloader = makeReloader(graphServer, graph, settings, serverContext);
  shutdown.onSighup = () => void reloader.reloadVolfileOnly();
  const folder = openRunFolder(settings);
  const frontEnd = settings.frontEnd ?? defaultFrontEnd;
  const requests = new NotableRequests(graph, settings.slowMs);
  // The package fuse-native calls functions instead of passing FUSE requests, so it records none.
  const notable = frontEnd === 'kernel' ? requests : undefined;
  const graphQuestions = new GraphQuestions(graph, { about, reloader, log, folder, notable });
  shutdown.onSigusr1 = () => graphQuestions.dumper.writeDump();
  const hasFiles = frontEnd !== 'kernel' && (await hasEntries(mountpoint));
  const onRootReply = (): void => {
    startErrors.stopTimer();
    shutdown.defer();
  };
  startErrors.warnIfSlow(
    () => `the lookup of the root of volume '${graph.top.name}' has no answer`,
  );
  const mountOptions = {
    source: makeMountSource(settings, source.name),
    onRootReply,
    notable: requests,
    outsideMounter: starter.outsideMounter,
  };
  const mounting = mountOrFail(
    { ...settings, ...mountOptions, frontEnd, graph, levels },
    starter.command ?? 'mount',
  );
  const mount = await withStartErrors(mounting, startErrors);
  startErrors.endCollecting();
  const pidFile = new PidFile(settings.pidFile);
  let controlHost: ControlHost | null = null;
  try {
    log.info(`mounted ${makePrintable(volfile)} on ${makePrintable(mountpoint)}`, {
      msgid: messages.mounted.id,
    });
    if (mount.hidesFiles ?? hasFiles) {
      const text = `${makePrintable(mountpoint)} is not empty: what is in it is hidden until it is unmounted`;
      log.warning(text, { msgid: messages.mountPointNotEmpty.id });
      printWarning(text, terminal);
    }
    nameServer(mount.mountpoint, setThreadName);
    const { device = '' } = findMount(mount.mountpoint) ?? {};
    controlHost = await ControlHost.open({ mount: device }, graphQuestions.handlers, log);
    // Written after the mount: a second server for this mount point has failed by now, and cannot
    // overwrite the file.
    pidFile.write();
    printStep(`${makePrintable(mountpoint)} is mounted`, terminal);
    shutdown.onRequest(async () => {
      // A mount in use stays. Without a starter there is no second request, so the process exits
      // now, and its exit handler detaches the mount.
      if (!(await unmount(mount, log)) && shutdown.isFinalRequest)
        await exitAfterFlush(EXIT_FAILURE, terminal);
    });
    await starter.reportReady();
    source.onChange(() => void reloader.reloadVolfileOnly());
    const error = await mount.unmounted;
    nameServer(null, setThreadName);
    if (error !== null) throw new Failure(error.message);
    log.info(`unmounted ${makePrintable(mountpoint)}`, { msgid: messages.unmounted.id });
    printStep(`${makePrintable(mountpoint)} is unmounted`, terminal);
    return EXIT_OK;
  } finally {
    pidFile.remove();
    graphQuestions.close();
    await unmount(mount, log);
    await controlHost?.close();
  }
}

/** Mounts by the front end of the options. @throws {Failure} if that fails */
async function mountOrFail(
  options: MountOptions & { readonly frontEnd: FrontEndName },
  command: MountingCommand,
): Promise<Mount> {
  try {
    return await frontEnds[options.frontEnd](options);
  } catch (error) {
    throw error instanceof MountError ? makeMountFailure(error, command) : error;
  }
}

/** Unmounts; resolves to whether that succeeded. A failure is logged. */
async function unmount(mount: Mount, log: Log): Promise<boolean> {
  try {
    await mount.unmount();
    return true;
  } catch (error) {
    log.error(`still mounted: ${error instanceof Error ? error.message : String(error)}`, {
      msgid: messages.stillMounted.id,
    });
    return false;
  }
}
