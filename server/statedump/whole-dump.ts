/**
 * Makes a whole statedump: the process, the requests in flight with frames and age, the volumes
 * with options and dumps, the inode table, and the open files.
 *
 * Source: GlusterFS `libglusterfs/src/statedump.c`.
 */

import {
  type CallDump,
  type CappedList,
  dumpCalls,
  dumpInodes,
  type InodesDump,
  LISTED_MAX,
} from '../../runtime/core/dumps.ts';
import type { Graph } from '../../runtime/core/graph.ts';
import type { Fd } from '../../runtime/core/operands.ts';
import type { ReachRow } from '../../runtime/core/reach.ts';
import type { RequestAges } from '../../runtime/core/request-ages.ts';
import { maskOptions } from '../../runtime/core/secrets.ts';
import { dumpVolume, listVolumes, type VolumeDump } from './volume-dumps.ts';

/** The facts about a server's process and volfile. */
export interface About {
  readonly version: string;
  readonly pid: number;
  readonly volfile: string;
  /** The time of its start, in milliseconds since the epoch. */
  readonly started: number;
}

/** The facts about a server, with its mount point. */
export interface AboutServer extends About {
  /** The mount point; absent for a server without a mount. */
  readonly mountpoint?: string;
}

/** Memory of the process in bytes. */
export interface Memory {
  readonly rss: number;
  readonly heapTotal: number;
  readonly heapUsed: number;
  readonly external: number;
  readonly arrayBuffers: number;
}

/** A statedump. */
export interface WholeDump {
  /** The time of the dump in milliseconds since the epoch, with fractions. */
  readonly time: number;
  readonly process: About;
  /** The files and addresses that the server and its volumes reach. */
  readonly reach: readonly ReachRow[];
  readonly memory: Memory;
  readonly callpool: CappedList<CallDump>;
  /** The front end, then the volumes from the top down. */
  readonly volumes: readonly GraphVolume[];
  /** Volumes of replaced graphs that still have requests or open files. */
  readonly replaced: readonly VolumeDump[];
  readonly inodes: InodesDump;
  readonly fds: CappedList<FdDump>;
}

/** The dump of a volume of the current graph. */
export interface GraphVolume extends VolumeDump {
  readonly options: Readonly<Record<string, string>>;
  readonly subvolumes: readonly string[];
}

/** The dump of an open file or directory. */
export interface FdDump {
  /** The name of the client that has opened it. */
  readonly client: string;
  readonly gfid: string;
  readonly path: string;
  readonly flags: number;
  readonly pid: number;
  readonly isDir: boolean;
}

/** Makes the dump. @param ages the ages of requests, by the clock of the graph's context */
export function makeWholeDump(graph: Graph, about: About, ages: RequestAges): WholeDump {
  const { context } = graph;
  const { volumes, replaced } = listVolumes(graph);
  return {
    time: context.sink.now(),
    process: about,
    reach: context.server?.reach ?? [],
    memory: { ...process.memoryUsage() },
    callpool: dumpCalls(graph, (unique) =>
      Math.floor(ages.computeMinimumAge(unique, context.now()) / 1000),
    ),
    volumes: volumes.map((xl) => ({
      ...dumpVolume(xl),
      options: maskOptions(xl.volfileOptions),
      subvolumes: xl.childNames,
    })),
    replaced,
    inodes: dumpInodes(graph),
    fds: dumpFds(graph),
  };
}

/** Dumps the open files of all clients; lists at most LISTED_MAX, and counts all. */
function dumpFds(graph: Graph): CappedList<FdDump> {
  const listed: FdDump[] = [];
  let count = 0;
  for (const { clients } of graph.initiators) {
    for (const { uid, fds } of clients) {
      count += fds.size;
      for (const fd of fds) {
        if (listed.length === LISTED_MAX) break;
        listed.push(describeFd(uid, fd));
      }
    }
  }
  return { count, listed };
}

/** Dumps an open file. */
const describeFd = (client: string, { inode, flags, pid, isDir }: Fd): FdDump => ({
  client,
  gfid: inode.gfid,
  path: inode.path,
  flags,
  pid,
  isDir,
});
