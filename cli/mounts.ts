/**
 * `glossa mounts`: lists mounts and servers of glossa with their users and health. This process
 * never enters a mount, which may hang: child processes do, and it does not wait for those that
 * hang.
 */
import { readFileSync } from 'node:fs';
import type { ReachRow } from '../runtime/core/reach.ts';
import { checkHealth, type MountHealth } from '../runtime/mount/mount-health.ts';
import {
  FS_TYPE,
  findMountingUid,
  type MountEntry,
  readMounts,
} from '../runtime/mount/mountinfo.ts';
import { findServer, readStartTime } from '../runtime/mount/server-process.ts';
import { makePrintable } from '../runtime/volfile/printable-text.ts';
import {
  fetchReach,
  findServer as findAskedServer,
  formatListeners,
  listRunningServers,
  type RunningServer,
} from '../server/control/control-client.ts';
import type { Listener, ServerDescription } from '../server/control/control-host.ts';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_OK } from '../terminal/exit.ts';
import { takeOperands, toggleFlag } from '../terminal/flags.ts';
import { formatTable } from '../terminal/layout.ts';
import { formatLocalTime } from '../terminal/quantities.ts';
import { paint, type Style, type Terminal } from '../terminal/terminal.ts';
import { printReach } from './reach-table.ts';

/** A row of the list, and of --json; null for a fact that is absent or hidden from this user. */
interface Row {
  readonly what: 'mount' | ServerDescription['what'];
  readonly mountpoint: string | null;
  /** The addresses of a server, with the bricks at each. */
  readonly listens: readonly Listener[];
  readonly volfile: string | null;
  /** The name of the user who started it; the uid if that user has no name here. */
  readonly user: string;
  readonly uid: number;
  /** The time of the server's start. */
  readonly since: Date | null;
  readonly pid: number | null;
  readonly health: MountHealth;
  /** The files and addresses that the server reaches; with --reach only. */
  readonly reach?: readonly ReachRow[] | null;
}

export default defineCommand({
  usage: ['glossa mounts [options]'],
  description:
    'Lists the mounts, bricks, volfile servers and `glossa api` servers, of all users: mount point, or address and ' +
    'bricks, volfile, who started it, when and as which ' +
    "process, and its health. 'stuck' has not answered for 3 seconds, 'dead' has lost its server " +
    "('glossa umount MNT' unmounts it), and 'unknown' does not let this user in to ask.",
  flags: {
    reach: toggleFlag({
      help: 'print also what each server reaches: path or address, how, volume (- for the server itself), option',
    }),
    json: toggleFlag({
      help:
        'print [{what, mountpoint, listens: [{address, bricks: [NAME]}], volfile, user, uid, since, ' +
        'pid, health, reach: [{target, access, volume, option}]}], reach with --reach; null is not to be seen',
    }),
  },
  async run({ flags, operands }, terminal) {
    takeOperands(operands, []);
    const mounts = readMounts();
    const glossaMounts = mounts.filter(({ type }) => type === FS_TYPE);
    const [servers, mountRows] = await Promise.all([
      listRunningServers(),
      Promise.all(glossaMounts.map((mount) => makeMountRow(mount, mounts))),
    ]);
    const plainRows = [...mountRows, ...servers.map(makeServerRow)];
    const rows = flags.reach ? await Promise.all(plainRows.map(addReach)) : plainRows;
    if (flags.json) terminal.out(JSON.stringify(rows, null, 2));
    else printRows(rows, terminal);
    if (flags.json || !flags.reach) return EXIT_OK;
    for (const { reach, ...row } of rows) {
      terminal.out(`\n${formatPlace(row)}`);
      if (reach) printReach(reach, terminal);
      else terminal.out('its server did not answer this user');
    }
    return EXIT_OK;
  },
});

/** Makes the row of a mount. @param mounts all mounts of the machine, one of which may cover this one */
async function makeMountRow(mount: MountEntry, mounts: readonly MountEntry[]): Promise<Row> {
  const uid = findMountingUid(mount);
  const server = findServer(mount);
  // If another mount covers it, that one would answer instead.
  const isOnTop = mounts.findLast(({ mountpoint }) => mountpoint === mount.mountpoint) === mount;
  // The kernel refuses a user who may not enter: that tells nothing about the server's health.
  const mayEnter = uid === process.geteuid?.() || mount.options.includes('allow_other');
  return {
    what: 'mount',
    mountpoint: mount.mountpoint,
    listens: [],
    volfile: mount.source,
    user: findUserName(uid) ?? `${uid}`,
    uid,
    since: server && readStartTime(server),
    pid: server?.pid ?? null,
    health: isOnTop && mayEnter ? await checkHealth(mount.mountpoint) : 'unknown',
  };
}

/** Makes the row of a server without a mount. If it does not answer, it is listed as a brick. */
function makeServerRow({ process, uid, about, health }: RunningServer): Row {
  return {
    what: about?.what ?? 'brick',
    mountpoint: null,
    listens: about?.listens ?? [],
    volfile: about?.volfile ?? null,
    user: findUserName(uid) ?? `${uid}`,
    uid,
    since: readStartTime(process),
    pid: process.pid,
    health,
  };
}

/** Asks the server of a row what it reaches. */
async function addReach(row: Row): Promise<Row> {
  const operand = row.mountpoint ?? `${row.pid}`;
  if (row.health !== 'answers') return { ...row, reach: null };
  const server = await findAskedServer(operand).catch(() => null);
  return { ...row, reach: server && (await fetchReach(server)) };
}

/** Formats a row's mount point, or its addresses. */
const formatPlace = ({ mountpoint, listens }: Row): string =>
  makePrintable(mountpoint ?? (formatListeners({ listens }) || '-'));

/** Finds a user's name in /etc/passwd; undefined for an unknown uid. */
function findUserName(uid: number): string | undefined {
  const userLines = readFileSync('/etc/passwd', 'utf8').split('\n');
  return userLines.map((line) => line.split(':')).find((fields) => fields[2] === `${uid}`)?.[0];
}

const HEALTH_STYLES: Readonly<Record<MountHealth, Style>> = {
  answers: 'good',
  stuck: 'error',
  dead: 'error',
  unknown: 'dim',
};

function printRows(rows: readonly Row[], terminal: Terminal): void {
  if (rows.length === 0) {
    terminal.err('glossa: no mounts or bricks of glossa');
    return;
  }
  const leadingCells = rows.map((row) => [
    formatPlace(row),
    makePrintable(row.volfile ?? '-'),
    row.user,
    row.since === null ? '-' : formatLocalTime(row.since.getTime()),
    row.pid === null ? '-' : `${row.pid}`,
  ]);
  const colour = terminal.colour.out;
  const leadingHeads = ['mount point or address', 'volfile', 'user', 'since', 'pid'];
  const tableRows = [
    [...leadingHeads, paint('bold', 'health', colour)],
    ...leadingCells.map((cells, index) => [
      ...cells,
      paint(HEALTH_STYLES[rows[index]!.health], rows[index]!.health, colour),
    ]),
  ];
  for (const line of formatTable(tableRows)) terminal.out(line);
  if (rows.every(({ health }) => health !== 'unknown')) return;
  terminal.err(
    "glossa: 'unknown' are those that do not let this user in: only who started them may ask",
  );
}
