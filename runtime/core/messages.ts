/**
 * Lists the ids of log lines, which stay when the text changes. An id has six digits; the first three name a part of
 * glossa. A new message gets the next id of its part, and no id is reused. Lines of modules have no id. `npm run gen`
 * makes docs/reference/messages.md from this table.
 *
 * Source: GlusterFS `libglusterfs/src/glusterfs/glfs-message-id.h`, whose own ids are 1xx xxx.
 */

import { glusterMessages } from './gluster-messages.ts';
import { define, type Message } from './message.ts';

export type { Message };

/** The parts of glossa, by the first three digits of their ids. */
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
  215: 'the programming interface',
  216: 'features/watch',
};

/** All messages, by names that only the code uses. */
export const messages = {
  unwoundTwice: define(
    200001,
    '…: request … was unwound twice',
    'A translator replied to a request twice; the second reply was dropped. A mistake in the ' +
      "line's translator.",
  ),
  finiFailed: define(200002, 'fini failed: …', 'A volume failed while it ended.'),
  clientNotReleased: define(
    200003,
    'client … was not released completely: …',
    'A volume failed at the disconnect of a client: its locks may stay until the mount ends.',
  ),
  suspiciousSetting: define(
    200004,
    '…',
    'A probable mistake in a volfile or module; the line names it and its position.',
  ),
  replacedVolumesEnded: define(
    200005,
    'idle, and gone: …',
    'Volumes that an exchange of the graph has replaced have ended.',
  ),
  fileKeepsOldVolumes: define(
    200006,
    '… stays as it was opened, until it is closed',
    'The volumes of a changed volfile refused to open an open file; the old volumes serve it.',
  ),
  serverStarted: define(
    201001,
    'started glossa …',
    'A server has started; the line has its command line.',
  ),
  serverStopped: define(201002, 'stopped', 'The volumes have ended, and so does the server.'),
  serverFailed: define(
    201003,
    '…',
    'The server could not start or continue; the line has the reason.',
  ),
  unexpectedError: define(
    201004,
    'unexpected error: …',
    'A mistake in glossa itself: please report it with the lines around it.',
  ),
  volfileWarning: define(201005, '…', 'A warning about the volfile, as by `glossa check`.'),
  mounted: define(201006, 'mounted … on …', 'The mount serves.'),
  mountPointNotEmpty: define(
    201007,
    '… is not empty',
    'Files in the mount point are hidden until it is unmounted.',
  ),
  unmounted: define(201008, 'unmounted …', 'The mount is gone.'),
  stillMounted: define(201009, 'still mounted: …', 'The server could not unmount.'),
  serverEnding: define(
    201010,
    'ending: …',
    'The server ends; the line names the signal or command.',
  ),
  logReopened: define(201011, 'reopened the log', 'SIGHUP: lines now go to the file of this name.'),
  logNotReopened: define(
    201012,
    'cannot write the log …',
    'SIGHUP: the log could not be reopened. Lines continue in the file that was open before.',
  ),
  volfileReloaded: define(
    201013,
    '…: new options for …',
    'The volfile was read again; the line has the result.',
  ),
  volfileNotReloaded: define(
    201014,
    '…: everything stays as it was',
    'The volfile was read again and not used; lines of the same id have the reasons.',
  ),
  statedumpWritten: define(201015, 'wrote the statedump …', 'SIGUSR1: the file has the statedump.'),
  statedumpNotWritten: define(
    201016,
    'no statedump was written into …',
    'SIGUSR1: the file could not be written; see --statedump-path.',
  ),
  metricsServed: define(201017, 'metrics are at …', '--metrics: the address of the metrics.'),
  otlpUnsupported: define(
    201020,
    '…: metrics are not sent by OTLP (…)',
    'An OpenTelemetry variable names a collector; it must scrape the address of --metrics.',
  ),
  recordingEnded: define(
    201021,
    'the recording … ends here: …',
    'The file of a recording could not be written; its part so far is readable.',
  ),
  commandSocketMissing: define(
    201022,
    'commands cannot ask this server at …',
    'The socket for commands such as `glossa stats` could not be made; the brick serves clients.',
  ),
  nodeInterfaceMissing: define(
    201023,
    'this Node has no …: …',
    'This version of Node lacks an interface that Node does not promise. The line has the consequence; please report it.',
  ),
  kernelTooOld: define(
    202001,
    'the kernel speaks FUSE …',
    'The kernel is too old for glossa: Linux 5.4 is needed.',
  ),
  initRefused: define(
    202002,
    'the kernel refused the answer to INIT',
    'The mount did not start. A mistake in glossa: please report it.',
  ),
  requestAbandoned: define(
    202003,
    '…: abandoned with a call that ran too long',
    'A module exceeded its time limit and was ended, and its request failed.',
  ),
  outOfFiles: define(
    202004,
    'a request failed: …',
    'The server has reached its limit of open files; the line says how to raise it. Logged once.',
  ),
  repliedTwice: define(
    202005,
    '…: request … was answered twice',
    'A mistake in a translator; the second reply was dropped.',
  ),
  replyRefused: define(
    202006,
    '…: the kernel refused an answer',
    'A translator made an invalid reply: the caller got an error.',
  ),
  malformedKernelMessage: define(
    202007,
    'malformed … of … bytes',
    'The kernel sent an invalid message.',
  ),
  translatorThrew: define(
    202008,
    '…: a translator threw: …',
    'A mistake in a translator: the request failed with EIO.',
  ),
  invalidEntryName: define(
    202009,
    'a listing has an entry with an invalid name: …',
    'A translator made a name that encodes no bytes, or is too long; the listing omits it.',
  ),
  noticeRefused: define(
    202010,
    'the kernel refused a notice, so its cache may be stale',
    'Programs may see old names and attributes until their timeouts (--entry-timeout, --attribute-timeout).',
  ),
  noticesStopped: define(
    202011,
    'notices to the kernel have stopped, so its cache may be stale: …',
    'As 202010, until the mount ends.',
  ),
  absentNamesStay: define(
    202012,
    '… cannot expire all names at once',
    'The kernel is older than Linux 6.16: names cached as absent stay absent until their timeout.',
  ),
  writebackLost: define(
    202013,
    'cached writes of the kernel may be lost: …',
    'With --kernel-writeback-cache: the kernel could not write back all data before the mount ended.',
  ),
  frontEndFailed: define(202014, 'unexpected: …', 'libfuse reported an impossible error.'),
  unencodableReply: define(
    202015,
    '…: the reply has … that cannot be encoded: …',
    'A translator made a value that encodes no bytes: the caller got an error.',
  ),
  gfidHandleNotMade: define(
    203001,
    'a gfid handle or gfid2path cannot be made',
    'The disk refuses them; the line has the reason, and is logged once for each.',
  ),
  directoryLate: define(
    203002,
    "the directory '…' has not answered yet",
    'The disk is slow, or hangs; requests wait.',
  ),
  directoryTimelyAgain: define(
    203003,
    "the directory '…' answers again",
    'The disk no longer hangs.',
  ),
  directoryBack: define(203004, "the directory '…' is back", 'Requests are served again.'),
  directoryReadOnly: define(
    203005,
    "'…' is read-only now",
    'Changes fail with EROFS until it can be written to again.',
  ),
  directoryWritableAgain: define(
    203006,
    "'…' can be written to again",
    'Changes are served again.',
  ),
  directoryGone: define(
    203007,
    "the directory '…' …",
    'The directory was moved, removed or unmounted: requests fail with ESTALE until it is back.',
  ),
  mdataNotStored: define(
    203008,
    'times that clients have set cannot be kept with a file',
    'The disk refuses trusted.glusterfs.mdata; the line has the reason, and is logged once for each.',
  ),
  mdataDisabled: define(
    203009,
    'clients say which times files get, and this process may not keep them',
    "Only root may write trusted.glusterfs.mdata. Files get the times of the brick's machine.",
  ),
  landfillNotEmptied: define(
    203010,
    "'…' cannot be removed",
    'Replicate removed a directory with its content, and the disk refuses a part; the line has the ' +
      'reason. The brick retries at its next start.',
  ),
  logLinesLeftOut: define(
    204001,
    '… lines (… bytes) of the module were left out',
    'The module logs more than option log-limit allows.',
  ),
  grantMissing: define(
    204002,
    'refused: …',
    'The module lacks a grant for this; docs/write/sandbox.md explains grants.',
  ),
  requestFailed: define(
    204003,
    '…: …',
    "The host failed a module's request; the line has the reason.",
  ),
  interpreterLost: define(
    204004,
    'the interpreter is lost: …',
    'It does not stop, or its memory is corrupt; it is replaced.',
  ),
  interpreterRestarted: define(
    204005,
    'the interpreter is started anew …',
    'After failures or a loss, by option on-error; the module’s state is fresh.',
  ),
  interpreterNotRestarted: define(
    204006,
    'the interpreter does not start anew: …',
    'The module does not load; the old interpreter continues, or requests fail.',
  ),
  moduleReloaded: define(204007, 'reloaded', 'The new code of the module serves.'),
  moduleNotReloaded: define(
    204008,
    'not reloaded, the code before goes on: …',
    'The new code of the module does not start; the reason has file and line.',
  ),
  oldRequestsFail: define(
    204009,
    'requests that an earlier interpreter has not answered fail: …',
    'After many reloads: earlier interpreters are ended.',
  ),
  moduleNotWatched: define(
    204010,
    'option reload: … is not watched: …',
    'Changes of the module go unnoticed; `glossa reload` still reads it again.',
  ),
  compileCacheUnusable: define(
    204011,
    '…',
    'The cache of interpreters is unusable, so starts take longer; the line has the reason.',
  ),
  threadLost: define(
    204012,
    'the thread is lost (option isolation): …',
    'The module’s thread has ended or hangs; requests in it fail.',
  ),
  threadRestarted: define(204013, 'the thread is started anew …', 'After a loss, or failures.'),
  threadNotRestarted: define(204014, 'the thread does not start anew: …', 'As 204006.'),
  harmfulRequestsRefused: define(
    204015,
    '… of … ends the interpreter again and again: refused for … s …',
    'Such requests fail without the module, for longer each time; other requests are served. New code ' +
      'of the module gets them again.',
  ),
  optionWithoutEffect: define(
    204016,
    '…',
    'An option has no effect on this machine, such as time-limit in some browsers; the line has the reason.',
  ),
  nativeFileNotWatched: define(205001, 'option reload: … is not watched: …', 'As 204010.'),
  statisticsNotWritten: define(
    206001,
    'cannot write …',
    'A requested file with statistics cannot be written; the line has the reason.',
  ),
  metaFileSet: define(207001, '… is now …', 'A user has written to a file of `.meta`.'),
  metaValueRefused: define(
    207002,
    '… stays as it is: …',
    'A user has written an invalid value to a file of `.meta`; the line says why.',
  ),
  ...glusterMessages,
  wormUnmarked: define(
    214001,
    'a file that was … can still be changed: its state cannot be stored',
    'The storage has refused a `trusted.` extended attribute, or is full. The file can be changed like any other; make it again once the storage accepts such attributes.',
  ),
  apiListens: define(215001, 'listens at …', 'Programs can connect.'),
  apiClient: define(215002, 'process … connected', 'A program uses the volume.'),
  apiClientGone: define(
    215003,
    'process … disconnected',
    'Its connection has ended: its files are closed, and its locks are free.',
  ),
  apiRefused: define(
    215004,
    '… is refused: …',
    'A program of another user, or with another version of the protocol, has connected.',
  ),
  apiConnectionFault: define(
    215005,
    '…',
    'A program sent a malformed message, or a file of it was not written; the line says which.',
  ),
  watchPolls: define(
    216001,
    'the storage does not report changes by others: …',
    'A watcher gets changes by other clients up to a second late. Over bricks, put features/upcall into their volfiles and switch cache-invalidation on there. Changes through the same mount are reported at once.',
  ),
  noticesDamaged: define(
    216002,
    'the notices of … cannot be read: …',
    'A program has changed the record, or a newer version has written it. Until it is removed (`setfattr -x`), the file cannot be watched.',
  ),
  noticeWithoutLocks: define(
    216003,
    'a notice needs locks: …',
    'Notices are numbered under a lock of the storage. Add a volume of features/locks above it, as `glossa new volume` does for each brick.',
  ),
} as const satisfies Readonly<Record<string, Message>>;

/**
 * Ids of messages that report what holds from now on. The log has each of them, also as a repeat of a recent one:
 * otherwise its last word on a module could be "not reloaded" after the module has been mended.
 */
export const stateMessageIds: ReadonlySet<number> = new Set(
  [
    messages.logReopened,
    messages.volfileReloaded,
    messages.volfileNotReloaded,
    messages.directoryLate,
    messages.directoryTimelyAgain,
    messages.directoryBack,
    messages.directoryReadOnly,
    messages.directoryWritableAgain,
    messages.directoryGone,
    messages.moduleReloaded,
    messages.moduleNotReloaded,
  ].map(({ id }) => id),
);
