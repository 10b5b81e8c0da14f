/** What `glossa new volume` writes: volfiles of bricks, and of the clients that use them. */

import { EXTENSION } from '../../gluster/volfile-server/keys.ts';
import type { PlainVolume } from '../../runtime/volfile/description.ts';
import { printVolumes } from '../../runtime/volfile/print.ts';
import type { Texts } from './files.ts';

const LOOPBACK = '127.0.0.1';

export interface NewVolume {
  readonly name: string;
  /** The folders of its bricks, absolute, and the port of each. */
  readonly bricks: readonly { readonly directory: string; readonly port: number }[];
  /** Whether glossa has a translator of this type. */
  has(type: string): boolean;
}

/** A brick's file, by the name that GlusterFS gives it: `VOLUME.HOST.its-path.vol`. */
export const brickFile = (name: string, directory: string): string =>
  `${name}.${LOOPBACK}.${directory.slice(1).replaceAll('/', '-')}${EXTENSION}`;

export const clientFile = (name: string): string => name + EXTENSION;

/** Types in the client's file that glossa does not have. */
export const missingTypes = (volume: NewVolume): string[] =>
  client(volume)
    .map(({ type }) => type)
    .filter((type, at, all) => !volume.has(type) && all.indexOf(type) === at);

/** All files by their names. */
export function volumeTexts(volume: NewVolume): Texts {
  const { name, bricks } = volume;
  const files = bricks.map(({ directory }, at): [string, string] => [
    brickFile(name, directory),
    `# Brick ${at + 1} of volume ${name}: it serves the folder to clients on this machine.\n` +
      '# Those on others need an address of this machine at bind-address, and theirs at auth.addr.\n' +
      printVolumes(brick(volume, at)),
  ]);
  return new Map([...files, [clientFile(name), clientText(volume)]]);
}

function clientText(volume: NewVolume): string {
  const missing = missingTypes(volume);
  const remark =
    missing.length === 0
      ? ''
      : `# glossa has no ${missing.join(', ')} yet: clients of GlusterFS can use this file.\n`;
  return `# What clients of volume ${volume.name} mount.\n${remark}${printVolumes(client(volume))}`;
}

const servedName = (name: string, at: number): string => `${name}-brick-${at}`;

function brick({ name, bricks }: NewVolume, at: number): PlainVolume[] {
  const { directory, port } = bricks[at]!;
  const served = servedName(name, at);
  return [
    {
      name: `${name}-posix-${at}`,
      type: 'storage/posix',
      options: [['directory', directory]],
      subvolumes: [],
    },
    { name: served, type: 'features/locks', options: [], subvolumes: [`${name}-posix-${at}`] },
    {
      name: `${name}-server-${at}`,
      type: 'protocol/server',
      options: [
        ['transport-type', 'tcp'],
        ['transport.socket.bind-address', LOOPBACK],
        ['transport.socket.listen-port', String(port)],
        [`auth.addr.${served}.allow`, LOOPBACK],
      ],
      subvolumes: [served],
    },
  ];
}

/** From the bricks to the top, which is called as the volume. */
function client({ name, bricks, has }: NewVolume): PlainVolume[] {
  const clients = bricks.map(
    ({ port }, at): PlainVolume => ({
      name: `${name}-client-${at}`,
      type: 'protocol/client',
      options: [
        ['transport-type', 'tcp'],
        ['remote-host', LOOPBACK],
        ['remote-port', String(port)],
        ['remote-subvolume', servedName(name, at)],
      ],
      subvolumes: [],
    }),
  );
  const above: [name: string, type: string][] = [
    ...(bricks.length > 1 ? [[`${name}-dht`, 'cluster/distribute'] as [string, string]] : []),
    // Bricks of GlusterFS keep the times that it sends along.
    ...(has('features/utime') ? [[`${name}-utime`, 'features/utime'] as [string, string]] : []),
    [name, 'debug/io-stats'],
  ];
  let below = clients.map((each) => each.name);
  return [
    ...clients,
    ...above.map(([own, type]) => {
      const volume = { name: own, type, options: [], subvolumes: below };
      below = [own];
      return volume;
    }),
  ];
}
