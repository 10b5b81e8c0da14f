/** Makes the volfiles of `glossa new volume`: one for each brick, and one for clients. */
import { VOLFILE_EXTENSION } from '../../gluster/volfile-server/volfile-folder.ts';
import type { PlainVolume } from '../../runtime/volfile/description.ts';
import { printVolumes } from '../../runtime/volfile/print.ts';
import type { FileTexts } from './template-files.ts';

const LOOPBACK = '127.0.0.1';

/** A volume to be written, whose bricks are folders of this machine. */
export interface NewVolume {
  readonly name: string;
  /** For each brick, the absolute path of its folder, and its port. */
  readonly bricks: readonly { readonly directory: string; readonly port: number }[];
}

/** Names a brick's volfile as GlusterFS does: `VOLUME.HOST.srv-brick.vol` for /srv/brick. */
export const makeBrickFileName = (volumeName: string, directory: string): string =>
  `${volumeName}.${LOOPBACK}.${directory.slice(1).replaceAll('/', '-')}${VOLFILE_EXTENSION}`;

/** Names the clients' volfile, by which clients ask for the volume. */
export const makeClientFileName = (volumeName: string): string => volumeName + VOLFILE_EXTENSION;

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
