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
  type Dir,
  type File,
  makeChangingDir,
  makeFile,
  makeFixedDir,
  makeLink,
  mergeDirs,
  type Node,
  RefusedValue,
} from './nodes.ts';
import { makeOptionsDir } from './options.ts';
import {
  formatDump,
  formatFrames,
  formatHistory,
  formatInodes,
  formatProfile,
  formatVolfile,
} from './reports.ts';

/** Makes the tree of a graph: its volumes, requests and inodes, and the server process. */
export function makeTree(graph: GraphView): Dir {
  const { server } = graph.context;
  return makeFixedDir({
    graphs: makeGraphsDir(graph),
    frames: makeFile(() => formatFrames(graph)),
    inodes: makeFile(() => formatInodes(graph)),
    logging: makeFixedDir({
      ...(server?.logFile !== undefined && { logfile: makeLink(() => server.logFile!) }),
      loglevel: makeLoglevelFile(graph),
    }),
    root: makeFrontDir(graph),
    ...(server !== undefined && {
      process_uuid: makeFile(() => `${server.uuid}\n`),
      version: makeFile(() => `{ \n  "Package Version": ${JSON.stringify(server.version)}\n}\n`),
      cmdline: makeFile(() => `{ \n  "Cmdlinestr": ${JSON.stringify(server.cmdline)}\n}\n`),
    }),
  });
}

/**
 * Makes `graphs`. A graph is named by its number in log lines. A reload keeps unchanged volumes
 * with their number, so the graph has the highest number of its volumes.
 */
function makeGraphsDir(graph: GraphView): Dir {
  const findMaxGraphId = (highest: number, { log }: Xlator): number =>
    Math.max(highest, log.graphId);
  const formatGraphName = (): string => String(graph.xlators.reduce(findMaxGraphId, 0));
  const numberedDirs = makeChangingDir(
    () => [formatGraphName()],
    (name) => (name === formatGraphName() ? makeGraphDir(graph) : undefined),
  );
  return mergeDirs(makeFixedDir({ active: makeLink(formatGraphName) }), numberedDirs);
}

/** Makes the folder of a graph. A volume named `top` or `volfile` hides the file of that name. */
function makeGraphDir(graph: GraphView): Dir {
  const volumes = makeChangingDir(
    () => graph.xlators.map(({ name }) => name),
    (name) => {
      const xl = graph.xlators.find((candidate) => candidate.name === name);
      return xl && makeVolumeDir(graph, xl);
    },
  );
  const files = makeFixedDir({
    top: makeLink(() => graph.top.name),
    volfile: makeFile(() => formatVolfile(graph)),
  });
  return mergeDirs(volumes, files);
}

function makeVolumeDir(graph: GraphView, xl: Xlator): Dir {
  return makeFixedDir({
    ...makeVolumeFiles(xl),
    options: makeOptionsDir(graph, xl),
    subvolumes: makeSubvolumesDir(xl, '../..'),
  });
}

const makeVolumeFiles = (xl: Xlator): Record<string, Node> => ({
  type: makeFile(() => `${xl.type}\n`),
  name: makeFile(() => `${xl.name}\n`),
  private: makeFile(() => formatDump(xl)),
  history: makeFile(() => formatHistory(xl)),
  profile: makeFile(() => formatProfile(xl)),
});

/** Makes the folder of links to a volume's children; `volumesPath` leads from it to the folder of volumes. */
const makeSubvolumesDir = ({ childNames }: Xlator, volumesPath: string): Dir =>
  makeChangingDir(
    () => childNames.map((_, index) => String(index)),
    (name) => {
      const childName = childNames[Number(name)];
      // Names such as `01` are not in the list.
      return childName === undefined || String(Number(name)) !== name
        ? undefined
        : makeLink(() => `${volumesPath}/${childName}`);
    },
  );

/** Makes the folder of the oldest front end (a mount), which is above the whole graph and has no options. */
function makeFrontDir(graph: GraphView): Dir {
  const makeDir = (): Dir => {
    const [initiator] = graph.initiators;
    if (initiator === undefined) return makeFixedDir({});
    const subvolumes = makeChangingDir(
      () => ['0'],
      (name) =>
        name === '0' ? makeLink(() => `../../graphs/active/${graph.top.name}`) : undefined,
    );
    return makeFixedDir({ ...makeVolumeFiles(initiator.xl), subvolumes });
  };
  return {
    kind: 'dir',
    listNames: () => makeDir().listNames(),
    find: (name) => makeDir().find(name),
  };
}

/** Makes the file of the process's log level: a number (7 is INFO). A write takes a number or a name. */
function makeLoglevelFile({ levels }: GraphView): File {
  return makeFile(() => `${levels.default}\n`, {
    write(value) {
      const names: readonly string[] = logLevelNames;
      const level = /^\d$/.test(value) ? Number(value) : names.indexOf(value.toUpperCase());
      if (level < 0) {
        throw new RefusedValue([
          `loglevel: '${value}' is not a level: write 0 to 9, or ${names.join(', ')}`,
        ]);
      }
      levels.default = level as LogLevel;
    },
  });
}
