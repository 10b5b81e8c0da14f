/**
 * Builds the tree below `.meta`, with GlusterFS's names where glossa has a counterpart.
 *
 *     cmdline  frames  inodes  process_uuid  version
 *     graphs/active -> 0
 *     graphs/0/volfile  graphs/0/top -> VOLUME
 *     graphs/0/VOLUME/{type,name,private,history,profile}
 *     graphs/0/VOLUME/options/KEY
 *     graphs/0/VOLUME/subvolumes/0 -> ../../OTHER
 *     logging/logfile -> PATH  logging/loglevel
 *     root/…: the front end, as a volume
 *
 * Source: GlusterFS `xlators/meta/src/*-dir.c`.
 */
import { type LogLevel, logLevelNames } from '../../core/log.ts';
import type { GraphView, Xlator } from '../../core/xlator.ts';
import {
  both,
  type Dir,
  type File,
  file,
  fixed,
  link,
  listed,
  type Node,
  Refusal,
} from './nodes.ts';
import { optionsDir } from './options.ts';
import {
  framesText,
  historyText,
  inodesText,
  privateText,
  profileText,
  volfileText,
} from './reports.ts';

/** Returns the tree of a graph: its volumes, requests and inodes, and the server process. */
export function treeOf(graph: GraphView): Dir {
  const { server } = graph.context;
  return fixed({
    graphs: graphsDir(graph),
    frames: file(() => framesText(graph)),
    inodes: file(() => inodesText(graph)),
    logging: fixed({
      ...(server?.logFile !== undefined && { logfile: link(() => server.logFile!) }),
      loglevel: loglevelFile(graph),
    }),
    root: frontDir(graph),
    ...(server !== undefined && {
      process_uuid: file(() => `${server.uuid}\n`),
      version: file(() => `{ \n  "Package Version": ${JSON.stringify(server.version)}\n}\n`),
      cmdline: file(() => `{ \n  "Cmdlinestr": ${JSON.stringify(server.cmdline)}\n}\n`),
    }),
  });
}

/** The graph's name is its number in log lines, that of its newest volume. */
function graphsDir(graph: GraphView): Dir {
  const newest = (most: number, { log }: Xlator): number => Math.max(most, log.graphId);
  const name = (): string => String(graph.xlators.reduce(newest, 0));
  const now = listed(
    () => [name()],
    (asked) => (asked === name() ? graphDir(graph) : undefined),
  );
  return both(fixed({ active: link(name) }), now);
}

/** A volume named `top` or `volfile` hides the file of that name. */
function graphDir(graph: GraphView): Dir {
  const volumes = listed(
    () => graph.xlators.map(({ name }) => name),
    (name) => {
      const xl = graph.xlators.find((each) => each.name === name);
      return xl && volumeDir(graph, xl);
    },
  );
  const others = fixed({
    top: link(() => graph.top.name),
    volfile: file(() => volfileText(graph)),
  });
  return both(volumes, others);
}

function volumeDir(graph: GraphView, xl: Xlator): Dir {
  return fixed({
    ...attributesIn(xl),
    options: optionsDir(graph, xl),
    subvolumes: subvolumesDir(xl, '../..'),
  });
}

const attributesIn = (xl: Xlator): Record<string, Node> => ({
  type: file(() => `${xl.type}\n`),
  name: file(() => `${xl.name}\n`),
  private: file(() => privateText(xl)),
  history: file(() => historyText(xl)),
  profile: file(() => profileText(xl)),
});

/** @param graphs relative path to the folder of volumes */
const subvolumesDir = ({ childNames }: Xlator, graphs: string): Dir =>
  listed(
    () => childNames.map((_, at) => String(at)),
    (at) => {
      const name = childNames[Number(at)];
      return name === undefined || String(Number(at)) !== at
        ? undefined
        : link(() => `${graphs}/${name}`);
    },
  );

/** The folder of the oldest front end, which is above the whole graph and has no options. */
function frontDir(graph: GraphView): Dir {
  const front = (): Dir => {
    const [first] = graph.initiators;
    if (first === undefined) return fixed({});
    const below = listed(
      () => ['0'],
      (at) => (at === '0' ? link(() => `../../graphs/active/${graph.top.name}`) : undefined),
    );
    return fixed({ ...attributesIn(first.xl), subvolumes: below });
  };
  return { kind: 'dir', names: () => front().names(), find: (name) => front().find(name) };
}

/** The process's log level as a number (7 is INFO); a write takes a number or a name. */
function loglevelFile({ levels }: GraphView): File {
  return file(() => `${levels.default}\n`, {
    write(value) {
      const names: readonly string[] = logLevelNames;
      const level = /^\d$/.test(value) ? Number(value) : names.indexOf(value.toUpperCase());
      if (level < 0) {
        throw new Refusal([
          `loglevel: '${value}' is no level; it takes 0 to 9, or ${names.join(', ')}`,
        ]);
      }
      levels.default = level as LogLevel;
    },
  });
}
