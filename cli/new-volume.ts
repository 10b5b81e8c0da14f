/**
 * `glossa new volume`: writes the volfiles of a volume whose bricks are folders of this machine.
 */
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { VOLFILE_EXTENSION } from '../gluster/volfile-server/volfile-folder.ts';
import { type PlainVolume, printVolumes } from '../runtime/volfile/description.ts';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_OK, Failure, formatReason, UsageError } from '../terminal/exit.ts';
import { numberFlag, quietFlag, textFlag } from '../terminal/flags.ts';
import { makePathFromFolder, makeProgramCommand, quoteWord } from '../terminal/invocation.ts';
import { paint, printNote, type Terminal } from '../terminal/terminal.ts';
import { type FileTexts, refuseExisting, writeTexts } from './new/template-files.ts';
import { formatNextCommands, type NextCommand } from './new/template-languages.ts';

/** Makes the volfiles of `glossa new volume`: one for each brick, and one for clients. */
const LOOPBACK = '127.0.0.1';

/** A volume to be written, whose bricks are folders of this machine. */
interface NewVolume {
  readonly name: string;
  /** For each brick, the absolute path of its folder, and its port. */
  readonly bricks: readonly { readonly directory: string; readonly port: number }[];
}

/** Names a brick's volfile as GlusterFS does: `VOLUME.HOST.srv-brick.vol` for /srv/brick. */
const makeBrickFileName = (volumeName: string, directory: string): string =>
  `${volumeName}.${LOOPBACK}.${directory.slice(1).replaceAll('/', '-')}${VOLFILE_EXTENSION}`;

/** Names the clients' volfile, by which clients ask for the volume. */
const makeClientFileName = (volumeName: string): string => volumeName + VOLFILE_EXTENSION;

/** Makes the texts of all volfiles, by file name. */
export function makeVolumeTexts(volume: NewVolume): FileTexts {
  const { name, bricks } = volume;
  const files = bricks.map(({ directory }, index): [string, string] => [
    makeBrickFileName(name, directory),
    `# Brick ${index + 1} of volume ${name}: it serves the folder to clients on this machine.\n` +
      '# Those on others need an address of this machine at bind-address, and theirs at auth.addr.\n' +
      printVolumes(makeBrickVolumes(volume, index)),
  ]);
  const clientText = `# What clients of volume ${name} mount.\n${printVolumes(makeClientVolumes(volume))}`;
  return new Map([...files, [makeClientFileName(name), clientText]]);
}

/** Makes the name of the volume that a brick exports to clients. */
const makeExportName = (volumeName: string, index: number): string =>
  `${volumeName}-brick-${index}`;

/** Makes the volumes of the brick at this index, from the storage up to the server. */
function makeBrickVolumes({ name, bricks }: NewVolume, index: number): PlainVolume[] {
  const { directory, port } = bricks[index]!;
  const exportName = makeExportName(name, index);
  return [
    {
      name: `${name}-posix-${index}`,
      type: 'storage/posix',
      options: [['directory', directory]],
      subvolumes: [],
    },
    {
      name: exportName,
      type: 'features/locks',
      options: [],
      subvolumes: [`${name}-posix-${index}`],
    },
    {
      name: `${name}-server-${index}`,
      type: 'protocol/server',
      options: [
        ['transport-type', 'tcp'],
        ['transport.socket.bind-address', LOOPBACK],
        ['transport.socket.listen-port', String(port)],
        [`auth.addr.${exportName}.allow`, LOOPBACK],
      ],
      subvolumes: [exportName],
    },
  ];
}

/** Makes the client's volumes, from the bricks up to the top, which has the volume's name. */
function makeClientVolumes({ name, bricks }: NewVolume): PlainVolume[] {
  const clients = bricks.map(
    ({ port }, index): PlainVolume => ({
      name: `${name}-client-${index}`,
      type: 'protocol/client',
      options: [
        ['transport-type', 'tcp'],
        ['remote-host', LOOPBACK],
        ['remote-port', String(port)],
        ['remote-subvolume', makeExportName(name, index)],
      ],
      subvolumes: [],
    }),
  );
  // One brick needs no distribute.
  const upperVolumes = [
    { name: `${name}-dht`, type: 'cluster/distribute' },
    // If the bricks are GlusterFS's, they store the times that features/utime sends.
    { name: `${name}-utime`, type: 'features/utime' },
    { name, type: 'debug/io-stats' },
  ].slice(bricks.length > 1 ? 0 : 1);
  const volumes = [...clients];
  for (const volume of upperVolumes) {
    // The lowest one is above all clients, each other one above the one before it.
    const children = volumes.length === clients.length ? clients : volumes.slice(-1);
    volumes.push({ ...volume, options: [], subvolumes: children.map((child) => child.name) });
  }
  return volumes;
}

const PORT_MAX = 65_535;
/** Matches the volume names that libgfapi, GlusterFS's client library, accepts. */
const VOLUME_NAME = /^[A-Za-z0-9_][A-Za-z0-9_-]*$/;

export default defineCommand({
  usage: ['glossa new volume NAME DIR… [options]'],
  description:
    'Writes the volfiles of a volume NAME whose bricks are the folders DIR of this machine: one for each ' +
    'brick, as glusterfsd takes it, and NAME.vol for clients; and says what to type next. Folders that ' +
    'are not there are made. With several, files are spread over them by cluster/distribute. ' +
    'Everything listens on loopback alone. Nothing is overwritten.',
  flags: {
    ...quietFlag,
    out: textFlag({ placeholder: 'FOLDER', help: 'write into this folder (./NAME)' }),
    port: numberFlag({
      placeholder: 'N',
      isWhole: true,
      help: 'the port of the first brick, the next ones follow; without it, ports that are free',
    }),
  },
  placeholderKinds: { FOLDER: 'folder' },
  async run({ flags, operands }, terminal) {
    const [name, ...directoryOperands] = operands;
    if (name === undefined) throw new UsageError('NAME and DIR are missing');
    if (directoryOperands.length === 0)
      throw new UsageError('DIR is missing: the folder of a brick');
    if (!VOLUME_NAME.test(name)) {
      const rule = 'letters, digits, _ and -, none of the last in front';
      throw new UsageError(`'${name}' cannot be the name of a volume: it has ${rule}`);
    }
    const directories = directoryOperands.map((directory) => resolve(directory));
    const duplicate = directories.find(
      (directory, index) => directories.indexOf(directory) !== index,
    );
    if (duplicate !== undefined)
      throw new UsageError(`${duplicate} is given twice: a brick has its own`);
    const ports = await choosePorts(directories.length, flags.port);
    const volume: NewVolume = {
      name,
      bricks: directories.map((directory, index) => ({ directory, port: ports[index]! })),
    };
    const folder = flags.out ?? name;
    writeVolume(volume, folder, terminal);
    printNote(`\nnow type:\n${formatNextCommands(listNextCommands(volume, folder))}`, terminal);
    return EXIT_OK;
  },
});

/** Makes the bricks' folders, and writes the volfiles; prints each. @throws {Failure} */
function writeVolume(volume: NewVolume, folder: string, terminal: Terminal): void {
  const texts = makeVolumeTexts(volume);
  // The texts are by file name, so fewer than the bricks' and the client's mean a name used twice.
  if (texts.size <= volume.bricks.length) {
    throw new Failure('two of the folders would get files of the same name: choose other names');
  }
  refuseExisting(texts, folder);
  const printAction = (action: string, path: string): void =>
    printNote(`${paint('good', action, terminal.colour.out)} ${path}`, terminal);
  for (const { directory } of volume.bricks) {
    try {
      if (mkdirSync(directory, { recursive: true }) !== undefined) printAction('made', directory);
    } catch (error) {
      throw new Failure(`cannot make the folder ${directory}: ${formatReason(error)}`);
    }
  }
  writeTexts(texts, folder);
  for (const path of texts.keys()) printAction('wrote', join(folder, path));
}

/** Lists the commands that the user may type next. */
function listNextCommands({ name, bricks }: NewVolume, folder: string): NextCommand[] {
  const currentFolder = process.cwd();
  const glossa = makeProgramCommand(currentFolder);
  const quotePath = (file: string): string =>
    quoteWord(makePathFromFolder(currentFolder, join(folder, file)));
  return [
    ...bricks.map(({ directory, port }): NextCommand => {
      const file = quotePath(makeBrickFileName(name, directory));
      return [`${glossa} brick ${file}`, `serves ${directory} at port ${port}`];
    }),
    [`${glossa} mount ${quotePath(makeClientFileName(name))} MNT`, 'mounts it'],
    [
      `${glossa} brick volfiles ${quoteWord(makePathFromFolder(currentFolder, folder))}`,
      'gives clients the volfile',
    ],
    [`mount -t glusterfs 127.0.0.1:/${name} MNT`, 'mounts it by the client of GlusterFS'],
  ];
}

/**
 * Chooses a port for each brick: consecutive from `firstPort`, or else free ones.
 * @throws {Failure | UsageError}
 */
async function choosePorts(count: number, firstPort: number | undefined): Promise<number[]> {
  if (firstPort === undefined) return findFreePorts(count);
  if (firstPort < 1 || firstPort + count - 1 > PORT_MAX) {
    throw new UsageError(
      `--port takes a number from 1 to ${PORT_MAX - count + 1}, not '${firstPort}'`,
    );
  }
  return Array.from({ length: count }, (_, index) => firstPort + index);
}

/** Finds different free ports, by listening at all of them at once. @throws {Failure} */
async function findFreePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  try {
    return await Promise.all(
      servers.map(
        (server) =>
          new Promise<number>((resolve, reject) => {
            server.once('error', (error) =>
              reject(new Failure(`no free port: ${formatReason(error)}`)),
            );
            server.listen(0, '127.0.0.1', () => {
              resolve((server.address() as { port: number }).port);
            });
          }),
      ),
    );
  } finally {
    for (const server of servers) server.close();
  }
}
