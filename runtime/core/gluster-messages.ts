/** Lists the messages of volumes over bricks: protocol, distribute, performance. `messages.ts` has the rules. */

import { define, type Message } from './message.ts';

export const glusterMessages = {
  brickLost: define(
    208001,
    'the connection to … is lost: …',
    'Requests to that brick fail with ENOTCONN until it is back; the client retries every 3 s.',
  ),
  brickNotReached: define(
    208002,
    'cannot connect to …',
    'No brick answers, or it refuses this client; the line says which. The client retries.',
  ),
  brickRefuses: define(
    208003,
    '…: giving up',
    'The brick does not admit this client: its address, or its password.',
  ),
  brickMessageFault: define(
    208004,
    '…',
    'A brick sent a malformed or late message; the line says which.',
  ),
  brickListens: define(209001, 'listens at … for …', 'Clients can connect.'),
  brickClient: define(209002, 'client … connected to …', 'A client was admitted.'),
  brickClientGone: define(
    209003,
    'client … disconnected',
    'Its connection has ended: its files are closed, and its locks are free.',
  ),
  brickClientRefused: define(
    209004,
    'a client from … is refused',
    'It requests an unknown volume, or auth options do not admit it; the line says which.',
  ),
  brickConnectionClosed: define(
    209005,
    'a connection from … is closed: …',
    'A connection has failed, or its client sent a malformed message. Others go on.',
  ),
  brickServerEnding: define(
    209006,
    'serves … no more',
    'The server of bricks got the signal to end.',
  ),
  volfileServerEvent: define(210001, '…', 'A request to a volfile server, and its reply.'),
  volfileServerWarning: define(
    210002,
    '…',
    'A client of a volfile server sent a malformed call, or none; or the directory cannot be read.',
  ),
  volfileFetched: define(
    210003,
    '… was fetched from …',
    'A mount got its volfile from that server; or a server is back.',
  ),
  volfileServerLost: define(
    210004,
    'the volfile server … is lost: …',
    'The mount continues; it notices changes of its volfile when a server is back.',
  ),
  timesNotKept: define(
    211001,
    'what is below keeps no times that are set here',
    'A brick does not run as root, or has option ctime off: files have the times of its disk.',
  ),
  taskFailed: define(
    212001,
    '…: Error: …',
    'A mistake in cluster/distribute itself: the request was answered with EIO.',
  ),
  childFull: define(
    212002,
    "subvolume '…' is nearly full (…): add some",
    'New files of its range go to other subvolumes. Make room, add subvolumes, or lower min-free-disk.',
  ),
  gfidsDiffer: define(
    212003,
    'a directory has several gfids: … and …',
    'Subvolumes have different directories under one name. Move one of them away, on its brick.',
  ),
  noLayout: define(
    212004,
    'the layout of … on disk is malformed',
    'A subvolume has an extended attribute that is no layout; it gets no names in that directory.',
  ),
  fileAndDirectory: define(
    212005,
    '… is a file on one subvolume, and a directory on another',
    'The name is EIO until one of them is removed, on its brick.',
  ),
  severalFiles: define(
    212006,
    'a name is a file on several subvolumes: …',
    'One of them is used. Compare them on their bricks, and remove the others there.',
  ),
  layoutHealed: define(
    212007,
    'rebuilt the layout of … (holes=… overlaps=…)',
    'Some names had no subvolume, or two; every name has one now. Files are found as before.',
  ),
  childAdded: define(
    212008,
    "subvolume '…' has no range in the root: …",
    'It is new, or was emptied. Older directories put no files there until their ranges are ' +
      'redistributed (fix-layout).',
  ),
  linktoTargetUnknown: define(
    212009,
    "the linkto of … names '…', which is not a subvolume",
    'Subvolumes have other names than when the volume was made: give them their old names in the ' +
      'volfile. Meanwhile files are searched on all subvolumes, and get new linktos.',
  ),
  layoutChanged: define(
    212010,
    "the layout of …'s directory has changed",
    'Another client has redistributed its ranges, for instance after a brick was added. The directory is made by the new layout.',
  ),
  linktoTargetItself: define(
    212011,
    "the linkto of … on '…' names '…' itself",
    'Two subvolumes have exchanged their names: restore the names from when the volume was made. ' +
      'Meanwhile files are searched on all subvolumes, and get new linktos.',
  ),
  childWithoutLocks: define(
    212012,
    "subvolume '…' has no locks: …",
    'Without locks, ranges of directories cannot be distributed, so no files can be made there. Put features/locks above the storage in the volfile of each brick, as `glossa new volume` does.',
  ),
  mdCacheTimeout: define(
    213001,
    'md-cache-timeout is …, not …',
    'Only volumes whose bricks report changes by other clients may have so long a timeout; switch cache-invalidation on, on the bricks too.',
  ),
  writeBehindLost: define(
    213002,
    '…: data of … is lost',
    'A write failed after its reply. Each program with the file open gets the error at its next write, fsync or close.',
  ),
  bricksSendNoUpcalls: define(
    213003,
    'option … relies on bricks that tell of changes, and these do not: …',
    "Clients may see different data for that long. Put features/upcall into the bricks and switch cache-invalidation on there, or lower the cache's own timeout.",
  ),
} as const satisfies Readonly<Record<string, Message>>;
