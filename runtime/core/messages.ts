/**
 * Ids of log lines, stable across changes of their text: six digits, of which the first three name a part of
 * glossa. A new message gets a new id at the end of its part; ids are never reused. Lines of modules have none.
 *
 * docs/reference/messages.md is made from this.
 *
 * Source: GlusterFS `libglusterfs/src/glusterfs/glfs-message-id.h`, whose own ids are 1xx xxx.
 */

export interface Message {
  readonly id: number;
  /** The text of the line or a part of it, with `…` for variable parts. */
  readonly says: string;
  /** The event, and what to do about it. */
  readonly means: string;
}

const message = (id: number, says: string, means: string): Message => ({ id, says, means });

/** Parts by the first three digits. */
export const messageParts: Readonly<Record<number, string>> = {
  200: 'the graph',
  201: 'the server',
  202: 'the mount',
  203: 'storage/posix',
  204: 'features/glupy: scripts',
  205: 'features/native',
  206: 'debug/io-stats',
  207: 'meta',
  208: 'protocol/client',
  209: 'protocol/server',
  210: 'volfiles from a server',
  211: 'features/utime',
  212: 'cluster/distribute',
  213: 'performance',
  214: 'features/worm',
};

export const messages = {
  unwoundTwice: message(
    200001,
    '…: request … was unwound twice',
    'A translator answered a request a second time; that answer was dropped. A mistake in the ' +
      'translator of which the line is.',
  ),
  finiFailed: message(200002, 'fini failed: …', 'A volume did not end in order.'),
  clientNotReleased: message(
    200003,
    'client … has gone, and what is its own was not released',
    'A volume failed as it was told that a client is gone: its locks may stay until the mount ends.',
  ),
  looksWrong: message(
    200004,
    '…',
    'Something in a volfile or script looks like a mistake; the line says where and what.',
  ),
  replacedGone: message(
    200005,
    'idle, and gone: …',
    'What an exchange of the graph had replaced has ended.',
  ),
  keepsOldFile: message(
    200006,
    '… stays as it was opened, until it is closed',
    'The volumes of a changed volfile did not open a file that is open; the old ones serve it.',
  ),
  started: message(201001, 'started glossa …', 'A server begins; the line has its command line.'),
  stopped: message(201002, 'stopped', 'The volumes have ended, and so does the server.'),
  failed: message(201003, '…', 'The server could not start or go on, for the reason that is said.'),
  unexpected: message(
    201004,
    'unexpected error: …',
    'A mistake in glossa itself: please report it with the lines around it.',
  ),
  volfileDoubt: message(201005, '…', 'A warning about the volfile, as `glossa check` has it.'),
  mounted: message(201006, 'mounted … on …', 'The mount serves.'),
  hidesFiles: message(
    201007,
    '… is not empty',
    'Files in the mount point are hidden until it is unmounted.',
  ),
  unmounted: message(201008, 'unmounted …', 'The mount is gone.'),
  stillMounted: message(201009, 'still mounted: …', 'The server was to unmount, and could not.'),
  ending: message(201010, 'ending: …', 'The server was asked to end; by whom is said.'),
  logReopened: message(
    201011,
    'reopened the log',
    'SIGHUP: lines go to the file of this name now.',
  ),
  logNotReopened: message(
    201012,
    'cannot write the log …',
    'SIGHUP: the log could not be opened again. Lines go on into the file that was open before.',
  ),
  reloaded: message(201013, '…: new options for …', 'The volfile was read again; what came of it.'),
  notReloaded: message(
    201014,
    '…: everything stays as it was',
    'The volfile was read again and not used; the reasons are in lines of the same id.',
  ),
  dumped: message(201015, 'wrote the statedump …', 'SIGUSR1: the file has the statedump.'),
  notDumped: message(
    201016,
    'no statedump was written into …',
    'SIGUSR1: the file could not be written; see --statedump-path.',
  ),
  metricsServed: message(201017, 'metrics are at …', '--metrics: where they can be read.'),
  metricsDoubt: message(
    201020,
    '…: metrics are not sent by OTLP (…)',
    'A variable of OpenTelemetry’s names a collector; it has to scrape what --metrics serves.',
  ),
  recordingEnded: message(
    201021,
    'the recording … ends here: …',
    'The file of a recording could not be written; what it has until then can be read.',
  ),
  notAsked: message(
    201022,
    'commands cannot ask this server at …',
    'The socket by which `glossa stats` and others ask a brick could not be made; it serves all the same.',
  ),
  nodeLacks: message(
    201023,
    'this Node has no …: …',
    'An interface that Node does not promise is gone in this version. It works without, as the line says; report it.',
  ),
  kernelTooOld: message(
    202001,
    'the kernel speaks FUSE …',
    'The kernel is too old for glossa: Linux 5.4 is needed.',
  ),
  initRefused: message(
    202002,
    'the kernel refused the answer to INIT',
    'The mount did not begin. A mistake in glossa: please report it.',
  ),
  abandoned: message(
    202003,
    '…: abandoned with a call that ran too long',
    'A script was ended for its time limit, and a request that it had in hand failed.',
  ),
  outOfFiles: message(
    202004,
    'a request failed: …',
    'The server has as many files open as it may; the line says how to raise the limit. Said once.',
  ),
  answeredTwice: message(
    202005,
    '…: request … was answered twice',
    'A mistake in a translator; the second answer was dropped.',
  ),
  answerRefused: message(
    202006,
    '…: the kernel refused an answer',
    'What a translator answered cannot be: the caller got an error.',
  ),
  malformed: message(202007, 'malformed … of … bytes', 'The kernel sent what cannot be read.'),
  threw: message(
    202008,
    '…: a translator threw: …',
    'A mistake in a translator: the request failed with EIO.',
  ),
  impossibleName: message(
    202009,
    'a listing has an entry whose name cannot be',
    'A translator made a name with a slash or a zero in it; the entry was left out.',
  ),
  notInvalidated: message(
    202010,
    'the kernel was not told what is out of date',
    'Programs may see something old until its time is over (--entry-timeout, --attribute-timeout).',
  ),
  neverInvalidated: message(
    202011,
    'the kernel cannot be told what is out of date: …',
    'The same from now on, until the mount ends.',
  ),
  absentStay: message(
    202012,
    '… cannot expire all names at once',
    'The kernel is older than Linux 6.16: names that are absent stay so until their time is over.',
  ),
  keptBackLost: message(
    202013,
    'what the kernel keeps back may be lost: …',
    'With --kernel-writeback-cache: not everything was written when the mount ended.',
  ),
  frontEndFailed: message(202014, 'unexpected: …', 'libfuse reported what cannot be.'),
  noHandle: message(
    203001,
    'a gfid handle or gfid2path cannot be made',
    'The disk refuses them, for the reason that is said; said once for each reason.',
  ),
  lateDirectory: message(
    203002,
    "the directory '…' has not answered yet",
    'The disk is slow, or hangs; requests wait.',
  ),
  timelyAgain: message(203003, "the directory '…' answers again", 'It does not hang any more.'),
  directoryBack: message(203004, "the directory '…' is back", 'Requests are served again.'),
  readOnly: message(203005, "'…' is read-only now", 'Changes fail with EROFS until it is not.'),
  writableAgain: message(203006, "'…' can be written to again", 'It is not read-only any more.'),
  directoryGone: message(
    203007,
    "the directory '…' …",
    'The directory was moved, removed or unmounted: requests fail with ESTALE until it is back.',
  ),
  noMdata: message(
    203008,
    'times that clients have set cannot be kept with a file',
    'The disk refuses trusted.glusterfs.mdata, for the reason that is said; said once for each reason.',
  ),
  mdataOff: message(
    203009,
    'clients say which times files get, and this process may not keep them',
    'Only root may write trusted.glusterfs.mdata. Files get the times of the machine that they are on.',
  ),
  landfillStays: message(
    203010,
    "'…' cannot be removed",
    'Replicate had a directory removed with all in it, and the disk refuses a part, for the reason ' +
      'that is said; it is tried again when the brick is started again.',
  ),
  leftOut: message(
    204001,
    '… lines (… bytes) of the module were left out',
    'The module logs more than option log-limit allows.',
  ),
  refused: message(
    204002,
    'refused: …',
    'The module wanted what it has no grant for; docs/write/sandbox.md says how to give it one.',
  ),
  requestFailed: message(
    204003,
    '…: …',
    'The host failed a request of the module’s, for the reason that is said.',
  ),
  interpreterLost: message(
    204004,
    'the interpreter is lost: …',
    'It would not stop, or its memory is corrupt; it is replaced.',
  ),
  startedAnew: message(
    204005,
    'the interpreter is started anew …',
    'After failures or a loss, by option on-error; the module’s state is fresh.',
  ),
  notStartedAnew: message(
    204006,
    'the interpreter does not start anew: …',
    'The module does not load any more; the old interpreter goes on, or requests fail.',
  ),
  moduleReloaded: message(204007, 'reloaded', 'New code of the module serves.'),
  moduleNotReloaded: message(
    204008,
    'not reloaded, the code before goes on: …',
    'New code of the module does not start; the reason has file and line.',
  ),
  oldRequestsFail: message(
    204009,
    'requests that an earlier interpreter has not answered fail: …',
    'After many reloads: their interpreters cannot be kept for ever.',
  ),
  notWatched: message(
    204010,
    'option reload: … is not watched: …',
    'Changes of the module are not seen; `glossa reload` reads it again all the same.',
  ),
  cacheDoubt: message(
    204011,
    '…',
    'The cache of interpreters cannot be used, so that starts take longer; the line says why.',
  ),
  threadLost: message(
    204012,
    'the thread is lost (option isolation): …',
    'The module’s thread has ended or hangs; requests in it fail.',
  ),
  threadAnew: message(204013, 'the thread is started anew …', 'After a loss, or failures.'),
  threadNotAnew: message(204014, 'the thread does not start anew: …', 'As 204006.'),
  harmfulRefused: message(
    204015,
    '… of … ends the interpreter again and again: refused for … s …',
    'Such requests fail without the module, for longer each time; others are served. New code of the ' +
      'module is asked again.',
  ),
  nativeNotWatched: message(205001, 'option reload: … is not watched: …', 'As 204010.'),
  statsNotWritten: message(
    206001,
    'cannot write …',
    'A file with statistics was asked for that cannot be; the line says why.',
  ),
  metaSet: message(207001, '… is now …', 'A user has written to a file of `.meta`.'),
  metaRefused: message(
    207002,
    '… stays as it is: …',
    'A user has written an invalid value to a file of `.meta`; the line says why.',
  ),
  brickLost: message(
    208001,
    'the connection to … is lost: …',
    'Requests to that brick fail with ENOTCONN until it is there again; it is tried every 3 s.',
  ),
  brickNotReached: message(
    208002,
    'cannot connect to …',
    'No brick answers, or it refuses this client; the line says which. The client retries.',
  ),
  brickRefuses: message(
    208003,
    '…: giving up',
    'The brick does not admit this client: its address, or its password.',
  ),
  brickDoubt: message(
    208004,
    '…',
    'A brick sent a malformed or late message; the line says which.',
  ),
  brickListens: message(209001, 'listens at … for …', 'Clients can connect.'),
  brickClient: message(209002, 'client … connected to …', 'A client was admitted.'),
  brickClientGone: message(
    209003,
    'client … disconnected',
    'Its connection has ended: its files are closed, and its locks are free.',
  ),
  brickRefused: message(
    209004,
    'a client from … is refused',
    'It requests an unknown volume, or auth options do not admit it; the line says which.',
  ),
  brickConnection: message(
    209005,
    'a connection from … is closed: …',
    'A connection has failed, or its client sent a malformed message. Others go on.',
  ),
  bricksEnd: message(209006, 'serves … no more', 'The server of bricks was told to end.'),
  volfileServer: message(210001, '…', 'What a volfile server was asked, and what it told.'),
  volfileServerDoubt: message(
    210002,
    '…',
    'A client of a volfile server sent a malformed call, or none; or the directory cannot be read.',
  ),
  volfileFetched: message(
    210003,
    '… was fetched from …',
    'A mount has its volfile from that server; or one is there again, and is asked.',
  ),
  volfileServerLost: message(
    210004,
    'the volfile server … is lost: …',
    'The mount works on; whether its volfile changes, it learns when a server is there again.',
  ),
  keepsNoTimes: message(
    211001,
    'what is below keeps no times that are set here',
    'A brick does not run as root, or has option ctime off: files have the times of its disk.',
  ),
  taskFailed: message(
    212001,
    '…: Error: …',
    'A mistake in cluster/distribute itself: the request was answered with EIO.',
  ),
  childFull: message(
    212002,
    "subvolume '…' is nearly full (…): add some",
    'New files that belong to it go to others. Make room, add subvolumes, or lower min-free-disk.',
  ),
  gfidsDiffer: message(
    212003,
    'a directory has several gfids: … and …',
    'Subvolumes have different directories under one name. Move one of them away, on its brick.',
  ),
  noLayout: message(
    212004,
    'the layout of … on disk is malformed',
    'A subvolume has an extended attribute that is no layout; it gets no names in that directory.',
  ),
  fileAndDirectory: message(
    212005,
    '… is a file on one subvolume, and a directory on another',
    'The name is EIO until one of them is removed, on its brick.',
  ),
  severalFiles: message(
    212006,
    'a name is a file on several subvolumes: …',
    'One of them is taken. Compare them on their bricks, and remove the others there.',
  ),
  layoutHealed: message(
    212007,
    'rebuilt the layout of … (holes=… overlaps=…)',
    'Some names had no subvolume, or two; every name has one now. Files are found as before.',
  ),
  childAdded: message(
    212008,
    "subvolume '…' has no range in the root: …",
    'It is new, or was emptied. Directories that were there before it put no files there, until their ' +
      'ranges are dealt out anew (fix-layout).',
  ),
  targetUnknown: message(
    212009,
    "the linkto of … names '…', which is not a subvolume",
    'Subvolumes have other names than those that the volume was made with: give them their old names in ' +
      'the volfile. Meanwhile its files are looked for everywhere, and get new linktos.',
  ),
  layoutChanged: message(
    212010,
    "the layout of …'s directory has changed",
    'Another client has dealt out its ranges anew, after a brick was added, say. The directory is made where its name belongs now.',
  ),
  targetItself: message(
    212011,
    "the linkto of … on '…' names '…' itself",
    "Two subvolumes have each other's names: look which brick had which when the volume was made. " +
      'Meanwhile its files are looked for everywhere, and get new linktos.',
  ),
  childWithoutLocks: message(
    212012,
    "subvolume '…' has no locks: …",
    'Without them ranges of directories cannot be dealt out, so that no files can be made there. Put features/locks above the storage in the volfile of each brick, as those have it that `glossa new volume` writes.',
  ),
  mdCacheTimeout: message(
    213001,
    'md-cache-timeout is …, not …',
    'So long a time is only for volumes whose bricks tell what other clients change; switch cache-invalidation on, there too.',
  ),
  writeBehindLost: message(
    213002,
    '…: data of … is lost',
    'A write that was answered already has failed. Each program that had the file open hears so at its next write, fsync or close.',
  ),
  bricksDoNotTell: message(
    213003,
    'option … relies on bricks that tell of changes, and these do not: …',
    "Clients may see different things for that long. Put features/upcall into the bricks and switch cache-invalidation on there, or lower the cache's own timeout.",
  ),
  wormUnmarked: message(
    214001,
    'a file that was … is not kept as it was written: its state cannot be stored',
    'The storage below has refused an extended attribute of `trusted.`, or has no room. The file can be changed like any other; once the storage takes such attributes, make it again.',
  ),
} as const satisfies Readonly<Record<string, Message>>;
