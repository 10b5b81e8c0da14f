/**
 * The server of a mount: from a volfile to a mount that is served until it is unmounted, by whomever.
 * What it has in common with other servers is in `serving.ts`.
 */

import { realpath } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import type { Graph } from '../runtime/core/graph.ts';
import type { Log } from '../runtime/core/log.ts';
import { messages } from '../runtime/core/messages.ts';
import { defaultFrontEnd, type FrontEndName, frontEnds } from '../runtime/mount/front-ends.ts';
import { hasEntries } from '../runtime/mount/fuse/channel.ts';
import type { MountOptions } from '../runtime/mount/fuse/mount.ts';
import { MountError } from '../runtime/mount/fuse/mount-error.ts';
import type { Mount } from '../runtime/mount/mount.ts';
import { findMount } from '../runtime/mount/mountinfo.ts';
import { NotableRequests } from '../runtime/mount/notable-requests.ts';
import { nameServer } from '../runtime/mount/server-process.ts';
import { pump } from '../runtime/pump/pump.ts';
import { packageRoot } from '../runtime/sys/paths.ts';
import type { VolfileDescription } from '../runtime/volfile/description.ts';
import { printable } from '../runtime/volfile/printable.ts';
import { EXIT_FAILURE, EXIT_OK, Failure, leave } from '../terminal/exit.ts';
import { step, type Terminal, warn } from '../terminal/terminal.ts';
import { ControlHost } from './control/control-host.ts';
import { GraphQuestions } from './control/questions.ts';
import { PidFile } from './pid-file.ts';
import { refuseInside } from './refuse-inside.ts';
import { RunFolder } from './run-files.ts';
import {
  aboutOf,
  explained,
  type Front,
  reloaderOf,
  runFolderOf,
  type Serving,
  type ServingSettings,
  serveBy,
  type Waiter,
} from './serving.ts';

export interface ServeSettings extends ServingSettings {
  /** Absolute. */
  readonly mountpoint: string;
  /** Requests that took as many milliseconds are kept. */
  readonly slowMs: number;
  readonly readOnly: boolean;
  readonly suid: boolean;
  readonly dev: boolean;
  readonly noexec: boolean;
  /** Undefined for what root and others get by default; so are the numbers. */
  readonly allowOther: boolean | undefined;
  readonly entryTimeout: number | undefined;
  readonly attributeTimeout: number | undefined;
  readonly negativeTimeout: number | undefined;
  readonly busyPollUs: number | undefined;
  readonly passthrough: boolean;
  readonly writeback: boolean;
  /** Whether there are ACLs. */
  readonly acl: boolean;
  readonly frontEnd: FrontEndName | undefined;
}

/** Serves until the mount is gone; the result is the exit status. @throws {Failure} */
export function serve(
  settings: ServeSettings,
  terminal: Terminal,
  waiter: Waiter,
): Promise<number> {
  const { mountpoint } = settings;
  refuseInside(mountpoint, {
    log: settings.logFile,
    'pid file': settings.pidFile,
    'folder for statedumps': runFolderOf(settings),
  });
  const front: Front = {
    begin: () => refuseOwnFiles(mountpoint),
    async refuse(description, baseDir) {
      refuseWithoutClient(settings, description);
      await refuseServed(mountpoint, description, baseDir);
    },
    serve: (graph, serving) => serveGraph(front, graph, settings, serving),
    wake: () => pump.wake(),
  };
  return serveBy(front, settings, terminal, waiter);
}

/** What the list of mounts shows: of a folder that a server was asked for, that one. */
const sourceOf = ({ servers, subdirMount = '' }: ServeSettings, name: string): string =>
  servers === undefined ? name : name + subdirMount;

/** A folder of the volume is what bricks give. @throws {Failure} */
function refuseWithoutClient(
  { subdirMount }: ServeSettings,
  { file, volumes }: VolfileDescription,
): void {
  if (subdirMount === undefined) return;
  if (volumes.some(({ type }) => type.text === 'protocol/client')) return;
  throw new Failure(
    `${printable(file)} has no volume of type protocol/client, whose brick could be asked for the ` +
      `folder ${printable(subdirMount)}`,
  );
}

/**
 * Refuses a mount point in a directory that a volume serves: the server would come upon its own
 * mount there, also as the parent of a folder, and wait for itself.
 */
async function refuseServed(
  mountpoint: string,
  { volumes }: VolfileDescription,
  baseDir: string,
): Promise<void> {
  const point = await realPath(mountpoint);
  for (const { name, type, options } of volumes) {
    const directory = options.find(({ key }) => key.text === 'directory')?.value.text;
    if (type.text !== 'storage/posix' || directory === undefined) continue;
    const served = await realPath(resolve(baseDir, directory));
    if (relative(served, point).split('/')[0] === '..') continue;
    throw new Failure(
      `the mount point ${mountpoint} is in ${served}, which volume '${name.text}' serves: ` +
        'mount it elsewhere',
    );
  }
}

/**
 * Refuses a mount point that has this program in it: what the server still reads of its own files, for
 * a new interpreter for one, it would ask itself for, and wait for ever.
 */
async function refuseOwnFiles(mountpoint: string): Promise<void> {
  if (relative(await realPath(mountpoint), packageRoot).split('/')[0] === '..') return;
  throw new Failure(
    `the mount point ${mountpoint} has glossa itself in it (${packageRoot}), which would come to ` +
      'wait for itself: mount it elsewhere',
  );
}

/** The path without symbolic links; what is not there is refused by whoever needs it. */
const realPath = (path: string): Promise<string> => realpath(path).catch(() => path);

/** Mounts a graph that is up, and serves until the mount is gone. */
async function serveGraph(
  front: Front,
  graph: Graph,
  settings: ServeSettings,
  serving: Serving,
): Promise<number> {
  const { source, levels, log, ending, waiter, terminal, trouble } = serving;
  const { mountpoint, volfile } = settings;
  const about = { ...aboutOf(serving), mountpoint };
  const reloader = reloaderOf(front, graph, settings, serving);
  ending.onHangUp = () => void reloader.readVolfile();
  const folder = new RunFolder(runFolderOf(settings));
  const frontEnd = settings.frontEnd ?? defaultFrontEnd;
  const requests = new NotableRequests(graph, settings.slowMs);
  // The other front end sees no requests, but calls.
  const notable = frontEnd === 'kernel' ? requests : undefined;
  const control = new GraphQuestions(graph, { about, reloader, log, folder, notable });
  ending.onUser = () => control.dumper.write();
  const hides = await hasEntries(mountpoint);
  const onAnswer = (): void => {
    trouble.answered();
    ending.defer();
  };
  trouble.wait(() => `the lookup of the root of volume '${graph.top.name}' has no answer`);
  const shown = { source: sourceOf(settings, source.name), onAnswer, notable: requests };
  const mounting = mountOrFail({ ...settings, ...shown, frontEnd, graph, levels });
  const mount = await explained(mounting, trouble);
  trouble.end();
  const pidFile = new PidFile(settings.pidFile);
  let host: ControlHost | null = null;
  try {
    log.info(`mounted ${printable(volfile)} on ${printable(mountpoint)}`, {
      msgid: messages.mounted.id,
    });
    if (hides) {
      const text = `${printable(mountpoint)} is not empty: what is in it is hidden until it is unmounted`;
      log.warning(text, { msgid: messages.hidesFiles.id });
      warn(text, terminal);
    }
    nameServer(mount.mountpoint);
    const { device = '' } = findMount(mount.mountpoint) ?? {};
    host = await ControlHost.open({ mount: device }, control.questions, log);
    // Not before: one mount point has one server, so that the file is nobody else's now.
    pidFile.write();
    step(`${printable(mountpoint)} is mounted`, terminal);
    ending.onRequest(async () => {
      // Nobody is left to ask again: a mount that is in use is detached, as it is on exit.
      if (!(await unmount(mount, log)) && ending.isLast) await leave(EXIT_FAILURE, terminal);
    });
    await waiter.ready();
    source.onChange(() => void reloader.readVolfile());
    const error = await mount.unmounted;
    nameServer(null);
    if (error !== null) throw new Failure(error.message);
    log.info(`unmounted ${printable(mountpoint)}`, { msgid: messages.unmounted.id });
    step(`${printable(mountpoint)} is unmounted`, terminal);
    return EXIT_OK;
  } finally {
    pidFile.remove();
    control.close();
    await unmount(mount, log);
    await host?.close();
  }
}

async function mountOrFail(
  options: MountOptions & { readonly frontEnd: FrontEndName },
): Promise<Mount> {
  try {
    return await frontEnds[options.frontEnd](options);
  } catch (error) {
    if (error instanceof MountError) throw new Failure(mountProblem(error));
    throw error;
  }
}

/** Where the mount names umount(8), `glossa umount` does it for every user. */
const mountProblem = ({ message }: MountError): string =>
  message.replace(/'umount (-l )?/, "'glossa umount ");

/** Whether it is unmounted. */
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
