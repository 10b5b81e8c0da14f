/**
 * storage/posix: serves a directory of the machine. `service.ts` starts it, and `store.ts` has its state.
 * `handle-search.ts` and `handles.ts` find inodes, `gfid-store.ts` stores their gfids, `identity.ts` creates files as
 * the caller, `files.ts` reads and writes, `dir.ts` lists.
 */
import { resolve } from 'node:path';
import { declareEffectlessOptions } from '../../../core/effectless-options.ts';
import { InitError } from '../../../core/errors.ts';
import { isGfid } from '../../../core/gfid.ts';
import { reachPath } from '../../../core/reach.ts';
import { defineTranslator, type Xlator } from '../../../core/xlator.ts';
import { checkDirectory } from './directory-check.ts';
import type { OpenFile } from './files.ts';
import type { InodeHandle } from './handles.ts';
import type { Store } from './store.ts';

/** Returns the option's uuid in lower case, or null without it. @throws {InitError} for a malformed uuid */
function readUuid(key: string, text: string | undefined): string | null {
  const uuid = text?.toLowerCase();
  if (uuid === undefined || isGfid(uuid)) return uuid ?? null;
  throw new InitError(`option '${key}': '${text}' is no uuid`);
}

/** Returns option `directory` as an absolute path. @throws {InitError} without the option */
function resolveDirectory(
  { directory }: { readonly directory: string | undefined },
  baseDir: string,
): string {
  if (directory !== undefined && directory !== '') return resolve(baseDir, directory);
  throw new InitError("option 'directory' is missing: name the directory to serve");
}

/**
 * Whether a protocol/server exports the graph. At `init` this is known, since initiators start before lower volumes.
 */
const isServed = ({ graph }: Xlator): boolean =>
  [...(graph?.initiators ?? [])].some(({ xl }) => xl.type === 'protocol/server');

/** Options of GlusterFS that are accepted, and have no effect here. */
const unusedOptions = declareEffectlessOptions({
  'brick-uid': -1,
  'brick-gid': -1,
  'create-mask': '0777',
  'create-directory-mask': '0777',
  'force-create-mode': '0000',
  'force-directory-mode': '0000',
  reserve: 1,
  'max-hardlinks': 100,
  'update-link-count-parent': false,
  'batch-fsync-mode': 'reverse-fsync',
  'batch-fsync-delay-usec': 0,
  'linux-aio': null,
  'linux-io_uring': null,
  'health-check-timeout': 20,
  'janitor-sleep-duration': 10,
});

/** The options that a running volume applies. */
interface ReconfigurableOptions {
  readonly 'shared-brick-count': number;
  readonly 'fips-mode-rchecksum': boolean;
}

/** Applies the options that may change while the volume runs. */
function applyOptions(store: Store, options: ReconfigurableOptions): void {
  store.sharedBrickCount = Math.max(options['shared-brick-count'], 1);
  store.isFips = options['fips-mode-rchecksum'];
}

export default defineTranslator({
  type: 'storage/posix',
  description: 'Serves a directory of this machine.',
  children: [0, 0],
  listsUnopened: true,
  options: {
    ...unusedOptions,
    directory: {
      type: 'str',
      description: 'The directory, which must exist; a relative path starts at the volfile.',
    },
    'handle-limit': {
      type: 'int',
      min: 16,
      description:
        "Limit of inodes kept open; without it, half of the process's limit of descriptors.",
    },
    'gfid-handles': {
      type: 'str',
      values: ['auto', 'on', 'off'],
      default: 'auto',
      description:
        "Keeps a link to every inode under its gfid in '.glusterfs', as GlusterFS does; auto: when " +
        'the directory has that folder, or protocol/server serves it.',
    },
    'gfid-xattrs': {
      type: 'bool',
      default: true,
      description:
        'Stores the gfid of each file in an attribute of it; off: gfids are derived from device and ' +
        'inode numbers, and files that are only read stay as they are.',
    },
    'volume-id': {
      type: 'str',
      description: 'The GlusterFS volume that the directory has to be a brick of.',
    },
    hostname: {
      type: 'str',
      description: "The machine's name in glusterfs.pathinfo; without it, its own.",
    },
    'glusterd-uuid': {
      type: 'str',
      description: 'The value of trusted.glusterfs.node-uuid; without it the attribute is absent.',
    },
    'node-uuid-pathinfo': {
      type: 'bool',
      default: false,
      description: "glusterfs.pathinfo has glusterd-uuid in place of the machine's name.",
    },
    'health-check-interval': {
      type: 'time',
      default: 5,
      description: 'Interval of the checks that the directory still exists; 0: no checks.',
      reconfigurable: true,
    },
    ctime: {
      type: 'bool',
      default: true,
      description:
        'Keeps the times that clients set (features/utime) in trusted.glusterfs.mdata, and shows ' +
        "them in place of the disk's.",
    },
    gfid2path: {
      type: 'str',
      values: ['auto', 'on', 'off'],
      default: 'auto',
      description:
        'Keeps the names of a file with it, where there are gfid handles; auto: when GlusterFS has ' +
        'made the directory the brick of a volume.',
    },
    'gfid2path-separator': {
      type: 'str',
      default: ':',
      description: 'Separates the paths in the value of glusterfs.gfidtopath.',
    },
    'shared-brick-count': {
      type: 'int',
      min: 0,
      default: 1,
      description:
        "Number of the volume's bricks on the same file system; statfs reports one brick's share. " +
        'glusterd counts them; 0 is 1.',
      reconfigurable: true,
    },
    'fips-mode-rchecksum': {
      type: 'bool',
      default: false,
      description: "rchecksum's strong checksum is SHA-256 instead of MD5; its xdata says so.",
      reconfigurable: true,
    },
  },
  reach: (options, baseDir) =>
    reachPath(resolveDirectory(options, baseDir), 'directory', 'read', 'write'),
  async check(xl, options) {
    checkDirectory(xl.name, resolveDirectory(options, xl.context.baseDir));
    readUuid('volume-id', options['volume-id']);
    readUuid('glusterd-uuid', options['glusterd-uuid']);
  },
  async init(xl, options): Promise<Store> {
    // With libc, the rest takes longer to load than a check of the options runs.
    const { openStore } = await import('./service.ts');
    const store = openStore(xl, {
      volume: xl.name,
      directory: resolveDirectory(options, xl.context.baseDir),
      handleLimit: options['handle-limit'],
      gfidHandles: options['gfid-handles'],
      gfidXattrs: options['gfid-xattrs'],
      isServed: isServed(xl),
      hostname: options.hostname ?? null,
      volumeId: readUuid('volume-id', options['volume-id']),
      nodeUuid: readUuid('glusterd-uuid', options['glusterd-uuid']),
      nodeUuidPathinfo: options['node-uuid-pathinfo'],
      gfid2path: options.gfid2path,
      gfid2pathSeparator: options['gfid2path-separator'],
      ctime: options.ctime,
    });
    applyOptions(store, options);
    store.health.scheduleChecks(options['health-check-interval']);
    return store;
  },
  fops: ({ priv }: Xlator<Store>) => priv.fops,
  reconfigure(xl, options) {
    applyOptions(xl.priv, options);
    xl.priv.health.scheduleChecks(options['health-check-interval']);
  },
  fini(xl) {
    xl.priv.health.stop();
    xl.priv.close();
  },
  forget(xl, inode) {
    const { handles, root } = xl.priv;
    const handle = handles.find(inode.gfid);
    if (handle !== undefined && handle !== root) handles.drop(handle);
  },
  release(_xl, _fd, file) {
    (file as OpenFile).release();
  },
  releasedir(_xl, _fd, dir) {
    (dir as OpenFile).release();
  },
  dataPath: {
    backing(xl, fd) {
      const file = fd.ctxGet(xl) as OpenFile | undefined;
      // The volume must see each write of a file with stored times, to update them: no descriptor for the kernel.
      return file === undefined || xl.priv.mdata.hasTimes(file.handle, file.fd) ? -1 : file.fd;
    },
    hasWriters: (xl, inode) =>
      (inode.ctxGet(xl) as InodeHandle | undefined)?.hasWriters() !== false,
    tellsAtClose: (xl) => xl.priv.closeMayFail,
  },
  dump(xl) {
    const {
      directory,
      handles,
      handleLimit,
      openFdCount,
      gfids,
      gfidHandles,
      recordFailureCount,
      health,
    } = xl.priv;
    return {
      directory,
      health: health.state,
      'gfids-stored-in': gfids.attributeName,
      'handles-known': handles.knownCount,
      'handles-open': handles.openCount,
      'handle-limit': handleLimit,
      'fds-open': openFdCount,
      'gfid-handles': gfidHandles === null ? 'off' : 'on',
      'gfid-handles-missed': recordFailureCount,
    };
  },
});
