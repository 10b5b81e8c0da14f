/**
 * Formats a statedump as GlusterFS does: sections in brackets with lines `key=value`.
 *
 * It lacks what glossa does not have: memory pools, hash sizes, reference counts. It adds the `age`
 * of a request, the `path` of inodes and open files, options, and `….listed`, the length of a
 * shortened list.
 *
 * Source: GlusterFS `libglusterfs/src/statedump.c`, `stack.c`, `inode.c`, `fd.c`.
 */
import type { CallDump, InodeDump } from '../../runtime/core/dumps.ts';
import { formatTime, printable } from '../../runtime/core/log.ts';
import type { ReachRow } from '../../runtime/core/reach.ts';
import type { GraphVolume, WholeDump } from './whole-dump.ts';

/**
 * Matches the types whose volumes have clients: GlusterFS lists inodes and open files under them.
 */
const CLIENT_FACING_TYPES = /^mount\/|^protocol\/server$/;

/** The values of a section, by key. */
type Values = Readonly<Record<string, string | number>>;

/**
 * Formats a dump, newline included.
 * @param endTime the time at which the dump ended, in milliseconds since the epoch
 */
export function formatSections(dump: WholeDump, endTime: number): string {
  const { process: about, reach, memory, callpool, volumes, replaced, inodes, fds } = dump;
  const clientFacingType =
    volumes.find(({ type }) => CLIENT_FACING_TYPES.test(type))?.type ?? 'mount/fuse';
  const frontPrefix = `xlator.${replaceSlashes(clientFacingType)}`;
  const makeListedCount = (key: string, listed: number, count: number): Values =>
    listed < count ? { [`${key}.listed`]: listed } : {};
  const sections: string[] = [
    formatSection('global.glossa', { ...about, started: formatTime(about.started) }),
    formatSection('global.reach', makeReachValues(reach)),
    formatSection('global.memory', { ...memory }),
    formatSection('global.callpool', {
      'callpool.cnt': callpool.count,
      ...makeListedCount('callpool', callpool.listed.length, callpool.count),
    }),
    ...callpool.listed.flatMap(formatCall),
    formatSection(`${frontPrefix}.itable`, {
      [`${frontPrefix}.itable.lru_limit`]: inodes.lruLimit,
      [`${frontPrefix}.itable.active_size`]: inodes.active,
      [`${frontPrefix}.itable.lru_size`]: inodes.lru,
      ...makeListedCount(`${frontPrefix}.itable`, inodes.listed.length, inodes.count),
    }),
    ...inodes.listed.map((inode, i) =>
      formatSection(`${frontPrefix}.itable.${i + 1}`, makeInodeValues(inode)),
    ),
    formatSection(`${frontPrefix}.fdtable`, {
      [`${frontPrefix}.fdtable.cnt`]: fds.count,
      ...makeListedCount(`${frontPrefix}.fdtable`, fds.listed.length, fds.count),
    }),
    ...fds.listed.map(({ isDir, ...fd }, i) =>
      formatSection(`${frontPrefix}.fdtable.fdentry[${i}]`, {
        ...fd,
        type: isDir ? 'directory' : 'file',
      }),
    ),
    // The current graph is always number 1: glossa does not count graphs.
    formatSection('active graph - 1', {}),
    ...volumes.flatMap(formatVolume),
    ...replaced.map((volume, i) =>
      formatSection(`oldgraph[${i}].${makeKeyPrefix(volume)}.priv`, volume.dump),
    ),
  ];
  return [
    `DUMP-START-TIME: ${formatTime(dump.time)}\n`,
    ...sections,
    `\nDUMP-END-TIME: ${formatTime(endTime)}\n`,
  ].join('');
}

/** Formats one section, with an empty line before it. */
function formatSection(name: string, values: Values): string {
  const lines = Object.entries(values).map(
    ([key, value]) => `${escapeText(key)}=${escapeText(value)}\n`,
  );
  return `\n[${escapeText(name)}]\n${lines.join('')}`;
}

/** Returns the values of what the server reaches; its own needs have the volume `-`. */
const makeReachValues = (reach: readonly ReachRow[]): Values =>
  Object.fromEntries(
    reach.map(({ target, access, volume, option }, i) => [
      `reach[${i}]`,
      `${target} ${access} ${volume ?? '-'} ${option}`,
    ]),
  );

/** Escapes a text, so that a file's name cannot end a line or begin a section. */
const escapeText = (text: string | number): string => printable(String(text));

/** Returns a type's name as it stands in section names. */
const replaceSlashes = (type: string): string => type.replaceAll('/', '.');

/** Returns the beginning of the names of a volume's sections. */
const makeKeyPrefix = ({ name, type }: { readonly name: string; readonly type: string }): string =>
  // A process has one mount, whose name GlusterFS leaves out.
  type.startsWith('mount/')
    ? `xlator.${replaceSlashes(type)}`
    : `xlator.${replaceSlashes(type)}.${name}`;

/** Formats the sections of a request: its stack, then each frame. */
function formatCall(call: CallDump, callIndex: number): string[] {
  const { frames, interrupted, lkOwner, ...values } = call;
  const name = `global.callpool.stack.${callIndex + 1}`;
  const furtherValues: Values = { 'lk-owner': lkOwner, interrupted: Number(interrupted), type: 1 };
  const stack = formatSection(name, { ...values, ...furtherValues, cnt: frames.length });
  const frameSections = frames.map(({ translator, complete, unwindTo }, i) => {
    const parent = frames[i - 1]?.translator;
    return formatSection(`${name}.frame.${i + 1}`, {
      translator,
      complete: Number(complete),
      ...(parent !== undefined && { parent }),
      ...(unwindTo !== undefined && { unwind_to: unwindTo }),
    });
  });
  return [stack, ...frameSections];
}

/** Returns the values of an inode's section. */
const makeInodeValues = ({ gfid, path, nlookup, fdCount, iaType, kids }: InodeDump): Values => ({
  gfid,
  path,
  nlookup,
  'fd-count': fdCount,
  ia_type: iaType,
  kids,
});

/** Formats the sections of a volume; of a mount, only its state. */
function formatVolume(volume: GraphVolume): string[] {
  const { options, subvolumes, dump } = volume;
  const name = makeKeyPrefix(volume);
  const priv = formatSection(`${name}.priv`, dump);
  if (volume.type.startsWith('mount/')) return [priv];
  const graph = formatSection(name, {
    ...Object.fromEntries(Object.entries(options).map(([key, value]) => [`option.${key}`, value])),
    ...(subvolumes.length > 0 && { subvolumes: subvolumes.join(' ') }),
  });
  return [graph, priv];
}
