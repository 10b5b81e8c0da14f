/**
 * Builds the tree below `.meta`, with GlusterFS's names where glossa has a counterpart.
 *
 *     cmdline  frames  inodes  process_uuid  reach  version
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

import { dumpCalls, dumpInodes, dumpXlator } from '../../core/dumps.ts';
import { GraphError } from '../../core/errors.ts';
import { formatTime, type LogLevel, logLevelNames, printable } from '../../core/log.ts';
import { genericOptions, type OptionSpec, type Options, printOption } from '../../core/options.ts';
import { maskValue } from '../../core/secrets.ts';
import type { GraphView, Xlator } from '../../core/xlator.ts';
import { printVolumes } from '../../volfile/description.ts';

/** A folder of the tree. */
export interface Dir {
  readonly kind: 'dir';
  /** Lists the names of the nodes, without `.` and `..`. */
  listNames(): readonly string[];
  /** Finds a node; undefined if the folder has no node of this name. */
  find(name: string): Node | undefined;
}

/** A file of the tree; it can be written if it has `write`. */
export interface File {
  readonly kind: 'file';
  read(): string;
  /** Sets the value. @param value the written text without its last newline. @throws {RefusedValue} */
  readonly write?: ((value: string) => void) | undefined;
  /** The reason why it cannot be written, for the log. */
  readonly readOnlyReason?: string | undefined;
}

/** A symbolic link of the tree. */
interface Link {
  readonly kind: 'link';
  /** Returns the path to which the link leads, relative to its folder unless it begins with '/'. */
  readTarget(): string;
}

/**
 * A node of the virtual tree. It is created when its path is resolved, and shows the state at that moment. So contexts of
 * inodes hold the path, and each request resolves it again.
 */
export type Node = Dir | File | Link;

/** Thrown for an invalid value, before anything has changed. `problems` has a line for each reason. */
export class RefusedValue extends Error {
  readonly code = 'GLOSSA_META_REFUSED';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** Makes a file; without `access`, it cannot be written. */
const makeFile = (read: () => string, access: Omit<File, 'kind' | 'read'> = {}): File => ({
  kind: 'file',
  read,
  ...access,
});

const makeLink = (readTarget: () => string): Link => ({ kind: 'link', readTarget });

/** Makes a folder with a constant set of names. */
function makeFixedDir(nodes: Readonly<Record<string, Node>>): Dir {
  const byName = new Map(Object.entries(nodes));
  return { kind: 'dir', listNames: () => [...byName.keys()], find: (name) => byName.get(name) };
}

/** Makes a folder whose names change. Names that no file can have are left out. */
const makeChangingDir = (listNames: () => readonly string[], find: Dir['find']): Dir => ({
  kind: 'dir',
  listNames: () => listNames().filter(isFileName),
  find,
});

const isFileName = (text: string): boolean =>
  text !== '' && text !== '.' && text !== '..' && !text.includes('/');

/** Makes the union of two folders; if both have a name, the first one's node is used. */
const mergeDirs = (first: Dir, second: Dir): Dir => ({
  kind: 'dir',
  listNames: () => [...new Set([...first.listNames(), ...second.listNames()])],
  find: (name) => first.find(name) ?? second.find(name),
});

/** Resolves a path from the node `root`; undefined if there is no such node. */
export function resolvePath(root: Node, path: readonly string[]): Node | undefined {
  let node: Node | undefined = root;
  for (const name of path) {
    if (node?.kind !== 'dir') return undefined;
    node = node.find(name);
  }
  return node;
}

/**
 * Formats the texts of the files in the tree of `meta` (`tree.ts`), as GlusterFS does. Unlike GlusterFS's, the JSON of
 * `frames` is valid even while requests are in flight.
 *
 * Sources: GlusterFS `xlators/meta/src/frames-file.c`, `volfile-file.c`; `libglusterfs/src/latency.c`
 * for profiles, `libglusterfs/src/statedump.c` for the volumes' dumps.
 */
const formatJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Lists the requests in flight, the oldest first, including the one that reads this file. */
function formatFrames(graph: GraphView): string {
  // This report shows no ages, so each is 0.
  const { count, listed } = dumpCalls(graph, () => 0);
  const stacks = listed.map(({ unique, op, uid, gid, pid, lkOwner, frames }, index) => ({
    Number: index + 1,
    Frame: frames.map(({ translator, complete, unwindTo }, frameIndex) => ({
      Number: frameIndex + 1,
      Xlator: translator,
      Parent: frames[frameIndex - 1]?.translator,
      Unwind_to: unwindTo,
      Complete: Number(complete),
    })),
    Unique: unique,
    Type: op,
    UID: uid,
    GID: gid,
    PID: pid,
    LK_owner: lkOwner,
  }));
  return formatJson({ Stack: stacks, Call_Count: count });
}

/** Lists the inodes in the inode table. GlusterFS shows them only in statedumps. */
function formatInodes(graph: GraphView): string {
  const { count, active, lru, lruLimit, listed } = dumpInodes(graph);
  return formatJson({
    Count: count,
    Active: active,
    LRU: lru,
    LRU_Limit: lruLimit,
    Listed: listed.length,
    Inode: listed.map(({ gfid, path, nlookup, fdCount, iaType, kids }) => ({
      gfid,
      path,
      nlookup,
      'fd-count': fdCount,
      ia_type: iaType,
      kids,
    })),
  });
}

/**
 * Prints the volumes with their current options as a volfile. For a name or value that a volfile cannot express, it
 * prints the reason as a comment instead.
 */
function formatVolfile({ xlators }: GraphView): string {
  const volumes = xlators.map(({ name, type, volfileOptions, childNames }) => ({
    name,
    type,
    options: volfileOptions.map(({ key, value }) => [key, maskValue(key, value)] as const),
    subvolumes: childNames,
  }));
  try {
    return printVolumes(volumes);
  } catch (error) {
    if (error instanceof RangeError) return `# ${error.message}\n`;
    throw error;
  }
}

/** Prints a volume's dump, one `key=value` per line. */
const formatDump = (xl: Xlator): string =>
  Object.entries(dumpXlator(xl))
    .map(([key, value]) => `${printable(key)}=${printable(String(value))}\n`)
    .join('');

/** Length of a formatted time without its time zone, such as `2026-11-20 06:38:28.167908`. */
const TIME_LENGTH = 26;

/** Prints a volume's history. */
const formatHistory = (xl: Xlator): string =>
  (xl.translator.history?.(xl) ?? [])
    .map(
      ({ time, text }) =>
        `TIME=${formatTime(time).slice(0, TIME_LENGTH)}\nFOP=${printable(text)}\n\n`,
    )
    .join('');

/**
 * Prints latencies in nanoseconds by fop, for a volume that measures them (`debug/io-stats`). GlusterFS
 * measures every volume.
 */
function formatProfile(xl: Xlator): string {
  const dump = dumpXlator(xl);
  const readNumber = (key: string): number => Number(dump[key] ?? 0);
  return Object.keys(dump)
    .flatMap((key) => {
      const fop = /^([A-Z]+)\.avg-ns$/.exec(key)?.[1];
      if (fop === undefined) return [];
      const averageNs = readNumber(key);
      const count = readNumber(`${fop}.hits`);
      const [minNs, maxNs] = [readNumber(`${fop}.min-ns`), readNumber(`${fop}.max-ns`)];
      const totalNs = Math.round(averageNs * count);
      return `${xl.name}.latency.${fop}=AVG:${averageNs.toFixed(6)} CNT:${count} TOTAL:${totalNs} MIN:${minNs} MAX:${maxNs}\n`;
    })
    .join('');
}

/**
 * Makes files of a running volume's options: a read returns the value, and a write reconfigures the volume,
 * as `glossa reload` does.
 *
 * Source: GlusterFS `xlators/meta/src/options-dir.c`, `option-file.c`, which have only the volfile's options,
 * and cannot be written.
 */
function makeOptionsDir(graph: GraphView, xl: Xlator): Dir {
  const { options, ownOptions } = xl.translator;
  const table: Options = { ...ownOptions?.(xl), ...options, ...genericOptions };
  const listOtherKeys = (): string[] =>
    xl.volfileOptions.map(({ key }) => key).filter((key) => findMainKey(table, key) === undefined);
  const isListed = (key: string): boolean =>
    Object.hasOwn(table, key) || listOtherKeys().includes(key);
  return makeChangingDir(
    () => [...new Set([...Object.keys(table), ...listOtherKeys()])],
    (key) => (isListed(key) ? makeOptionFile(graph, xl, key, table) : undefined),
  );
}

/** Returns the main key of an option by any of its keys. */
const findMainKey = (table: Options, key: string): string | undefined =>
  Object.hasOwn(table, key)
    ? key
    : Object.keys(table).find((mainKey) => table[mainKey]!.aliases?.includes(key));

/** Makes the file of an option, which is read-only unless the volume can reconfigure it. */
function makeOptionFile(graph: GraphView, xl: Xlator, key: string, table: Options): Node {
  const spec = Object.hasOwn(table, key) ? table[key] : undefined;
  const names = new Set([key, ...(spec?.aliases ?? [])]);
  const read = (): string => {
    const current = xl.volfileOptions.findLast((option) => names.has(option.key));
    return `${maskValue(key, current?.value ?? formatDefault(spec))}\n`;
  };
  if (!mayChange(xl, key)) {
    const readOnlyReason = `option '${key}' cannot change while the volume runs; mount it anew`;
    return makeFile(read, { readOnlyReason });
  }
  return makeFile(read, {
    write(value) {
      // A volfile cannot contain such a value either.
      if (value === '' || value.includes('\n')) {
        throw new RefusedValue([`option '${key}': it takes a line of text that is not empty`]);
      }
      const otherOptions = xl.volfileOptions.filter((option) => !names.has(option.key));
      applyOptions(graph, xl, [...otherOptions, { key, value }]);
    },
  });
}

/** Formats an option's default; '' without one. */
const formatDefault = (spec: OptionSpec | undefined): string =>
  spec?.default === undefined ? '' : printOption(spec, spec.default as never);

/** Whether an option may be written. Options outside of the type's table are a module's, which checks them itself. */
function mayChange(xl: Xlator, key: string): boolean {
  const { reconfigure, openOptions, options } = xl.translator;
  if (Object.hasOwn(genericOptions, key)) return true;
  if (reconfigure === undefined) return false;
  return Object.hasOwn(options, key)
    ? options[key]!.reconfigurable === true
    : openOptions !== undefined;
}

/** Reconfigures the graph with new options of one volume. @throws {RefusedValue} */
function applyOptions(graph: GraphView, xl: Xlator, options: Xlator['volfileOptions']): void {
  const specs = graph.xlators.map((volume) => ({
    name: volume.name,
    translator: volume.translator,
    options: volume === xl ? options : volume.volfileOptions,
    subvolumes: volume.childNames,
    position: volume.position,
  }));
  try {
    graph.reconfigure(specs);
  } catch (error) {
    if (error instanceof GraphError) throw new RefusedValue(error.problems);
    throw error;
  }
}

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
      reach: makeFile(() => formatJson(server.reach)),
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
