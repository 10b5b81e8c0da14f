/** The stacks whose listings are tested: each storage, cache and cluster as a graph, bricks, and each front end. */
import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { connect, Driver, ROOT_CALLER } from '../../runtime/api/driver.ts';
import type { Dirent } from '../../runtime/core/iatt.ts';
import { Loc } from '../../runtime/core/operands.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { Volume } from '../../server/open-volume.ts';
import { distributedVolfile, renderVolume } from '../support/brick-clients.ts';
import { OurBrick, RealBrick, RealMount } from '../support/gluster.ts';
import { GLOSSA, makeScratch, type Scratch, startMount } from '../support/mount.ts';
import { OpenFolder } from '../support/open-folder.ts';
import {
  type ListedStack,
  type ListingResults,
  listEveryWay,
  makeNames,
  type OpenListing,
} from './listing.ts';

/** The directory that is listed, in the root of the stack. */
const DIRECTORY = 'd';
/** Sizes of requests, in turn: few entries, a page, and what caches request. */
const SIZES = [1024, 4096, 65_536];

/** Parts of a machine that a stack may need. */
export type Need = 'interpreter' | 'mount' | 'bricks';

/** A row of the table. */
export interface StackRow {
  readonly needs: readonly Need[];
  /** Starts the stack, and fills its directory with names. */
  start(scratch: Scratch, names: readonly string[]): Promise<ListedStack>;
}

/** Makes files with these names in a folder of the disk. */
function fillFolder(folder: string, names: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  for (const name of names) writeFileSync(join(folder, name), '');
}

/** A graph in this process, whose fops are wound as a mount winds them. */
class GraphStack implements ListedStack {
  readonly calls = ['readdir', 'readdirp'];
  readonly restart: (() => Promise<void>) | null;
  readonly keepsOpen: boolean;
  private readonly volfile: string;
  private readonly baseDir: string;
  private volume: Volume | null = null;
  private driver!: Driver;

  /** @param restart ends and starts a brick; by default the graph itself, if it is not in memory */
  constructor(scratch: Scratch, volfile: string, restart?: () => Promise<void>) {
    this.volfile = volfile;
    this.baseDir = scratch.path;
    const restartGraph = async (): Promise<void> => {
      await this.end();
      await this.start();
    };
    const isInMemory = /storage\/memory|module-name memory/.test(volfile);
    this.restart = restart ?? (isInMemory ? null : restartGraph);
    this.keepsOpen = restart !== undefined;
  }

  async start(): Promise<this> {
    this.volume = await Volume.open({ volfile: this.volfile, baseDir: this.baseDir });
    const client = connect(this.volume.client.graph, 'listing');
    this.driver = new Driver(client, { ...ROOT_CALLER, pid: 4242 });
    return this;
  }

  /** Makes the files by the graph itself. */
  async fill(names: readonly string[]): Promise<this> {
    // cluster/distribute gives a new root its ranges at a lookup.
    await this.volume!.stat('/');
    await this.volume!.mkdir(`/${DIRECTORY}`);
    for (const name of names) await this.create(name);
    return this;
  }

  async open(call: string): Promise<OpenListing> {
    const { driver } = this;
    const { inode } = await driver.find(`/${DIRECTORY}`);
    const fd = driver.makeFd(inode, 0, true);
    await driver.expect('opendir', new Loc(inode), fd, null);
    let replies = 0;
    return {
      async read(offset) {
        const size = SIZES[replies % SIZES.length]!;
        replies += 1;
        const args = [fd, size, Number(offset), null] as const;
        const { values } = await driver.expect(call as 'readdir' | 'readdirp', ...args);
        const entries = (values[0] ?? []) as readonly Dirent[];
        return entries.map(({ name, off }) => ({ name, off: BigInt(off) }));
      },
      close: () => fd.release(),
    };
  }

  create(name: string): Promise<void> {
    return this.volume!.writeFile(`/${DIRECTORY}/${name}`, '') as Promise<void>;
  }

  remove(name: string): Promise<void> {
    return this.volume!.unlink(`/${DIRECTORY}/${name}`);
  }

  async end(): Promise<void> {
    this.driver.client.disconnect();
    await this.volume?.close();
    this.volume = null;
  }
}

const posixVolume = (name: string, directory: string): string =>
  renderVolume(name, 'storage/posix', { directory }, null);

/** A row of a graph over a folder, which has the volumes of `above`, the lowest first. */
const makeFolderRow = (above: string): StackRow => ({
  needs: [],
  async start(scratch, names) {
    fillFolder(scratch.at('files', DIRECTORY), names);
    return new GraphStack(scratch, posixVolume('files', 'files') + above).start();
  },
});

/** A row of a graph that makes its files itself. */
const makeFilledRow = (render: () => string, needs: readonly Need[] = []): StackRow => ({
  needs,
  async start(scratch, names) {
    for (const folder of ['a', 'b', 'c']) mkdirSync(scratch.at(folder));
    const stack = await new GraphStack(scratch, render()).start();
    return stack.fill(names);
  },
});

const makeCacheRow = (name: string, options: Readonly<Record<string, string>> = {}): StackRow =>
  makeFolderRow(renderVolume(name, `performance/${name}`, options, 'files'));

const PYTHON_MODULE = `from glupy import Translator


class xlator(Translator):
    async def readdir(self, frame, *args):
        reply = await self.child.readdir(*args)
        return reply.replace(entries=[entry._replace(name=entry.name) for entry in reply.entries])

    def readdirp(self, frame, *args):
        frame.wind(*args)

    def readdirp_cbk(self, frame, op_ret, op_errno, entries, xdata):
        frame.unwind(op_ret, op_errno, entries, xdata)
`;

const JAVASCRIPT_MODULE = `import { Translator } from 'glossa';

export class xlator extends Translator {
  async readdir(frame, ...args) {
    const { entries, xdata } = await this.child.readdir(...args);
    return { entries: entries.map((entry) => entry.replace({ name: entry.name })), xdata };
  }
  readdirp(frame, ...args) {
    frame.wind(...args);
  }
  readdirpCbk(frame, opRet, opErrno, entries, xdata) {
    frame.unwind(opRet, opErrno, entries, xdata);
  }
}
`;

/** A folder with locks, as cluster/distribute needs them. */
const lockedVolume = (name: string): string =>
  posixVolume(`${name}-files`, name) + renderVolume(name, 'features/locks', {}, `${name}-files`);

const distributedFolders = (): string =>
  ['a', 'b', 'c'].map(lockedVolume).join('') +
  renderVolume('all', 'cluster/distribute', {}, 'a b c');

const renderPathFiles = (): string =>
  renderVolume(
    'files',
    'features/glupy',
    { 'module-name': 'memory', 'module-path': join(packageRoot, 'examples/files') },
    null,
  );

/** A brick of glossa or of GlusterFS, which can be ended and started again. */
interface RestartedBrick {
  readonly port: number;
  restart(): Promise<void>;
  end(): Promise<unknown>;
}

type StartBrick = (folder: string, files: string) => Promise<RestartedBrick>;

const startOurBrick: StartBrick = async (folder, files) => {
  const first = await OurBrick.serve(folder, files);
  const { port } = first;
  let brick: OurBrick | null = first;
  return {
    port,
    async restart() {
      await brick!.end();
      brick = await OurBrick.serve(folder, files, { port });
    },
    end: async () => brick?.end(),
  };
};

const startGlusterBrick: StartBrick = async (folder, files) => {
  const brick = await RealBrick.start(folder, { files });
  return {
    port: brick.port,
    async restart() {
      await brick.end();
      await brick.run();
    },
    end: () => brick.end(),
  };
};

const BRICK_NAMES = ['x', 'y', 'z'];

/** Options of a client that waits while its brick is started again. */
const clientOptions = (port: number) => ({
  'remote-host': '127.0.0.1',
  'remote-port': String(port),
  'remote-subvolume': 'brick',
  'reconnect-wait': '60',
});

/** A row of a graph over one brick; `above` has the volumes above the client `files`, the lowest first. */
const makeBrickRow = (startBrick: StartBrick, needs: readonly Need[], above = ''): StackRow => ({
  needs,
  async start(scratch, names) {
    const files = scratch.at('files');
    fillFolder(join(files, DIRECTORY), names);
    const brick = await startBrick(scratch.path, files);
    const client = renderVolume('files', 'protocol/client', clientOptions(brick.port), null);
    const stack = new GraphStack(scratch, client + above, () => brick.restart());
    await stack.start();
    return withEnd(stack, brick.end);
  },
});

/** A row of cluster/distribute over three bricks, each of which is ended and started. */
const makeBricksRow = (kinds: readonly StartBrick[], needs: readonly Need[]): StackRow => ({
  needs,
  async start(scratch, names) {
    const bricks: Record<string, RestartedBrick> = {};
    for (const [at, name] of BRICK_NAMES.entries()) {
      const folder = await scratch.makeFolder(name);
      mkdirSync(join(folder, 'files'));
      bricks[name] = await kinds[at]!(folder, join(folder, 'files'));
    }
    const all = Object.values(bricks);
    const ports = Object.entries(bricks).map(([name, { port }]) => [name, port] as const);
    const volfile = distributedVolfile(Object.fromEntries(ports)).replaceAll(
      'option remote-subvolume brick',
      'option remote-subvolume brick\n  option reconnect-wait 60',
    );
    const stack = new GraphStack(scratch, volfile, async () => {
      for (const brick of all) await brick.restart();
    });
    await (await stack.start()).fill(names);
    return withEnd(stack, async () => {
      for (const brick of all) await brick.end();
    });
  },
});

/** Adds to the end of a stack. */
function withEnd(stack: ListedStack, end: () => Promise<unknown>): ListedStack {
  const { calls, restart, keepsOpen } = stack;
  return {
    ...{ calls, restart, keepsOpen },
    open: (call) => stack.open(call),
    create: (name) => stack.create(name),
    remove: (name) => stack.remove(name),
    async end() {
      await stack.end();
      await end();
    },
  };
}

/** A started mount. */
interface Mounted {
  readonly path: string;
  end(): Promise<unknown>;
}

/** A stack whose directory is listed by getdents64(2) on a mount. */
async function makeMountStack(
  mount: () => Promise<Mounted>,
  end: () => Promise<unknown> = async () => {},
): Promise<ListedStack> {
  let mounted = await mount();
  const at = (name: string): string => join(mounted.path, DIRECTORY, name);
  return {
    calls: ['getdents64'],
    keepsOpen: false,
    async restart() {
      await mounted.end();
      mounted = await mount();
    },
    async open() {
      // As large as libc's buffer.
      const folder = new OpenFolder(at(''), 32_768);
      let last = 0n;
      return {
        async read(offset) {
          const entries = folder.step(offset === last ? null : offset);
          last = entries.at(-1)?.off ?? last;
          return entries;
        },
        close: () => folder.close(),
      };
    },
    create: async (name) => writeFileSync(at(name), ''),
    remove: async (name) => unlinkSync(at(name)),
    async end() {
      await mounted.end();
      await end();
    },
  };
}

/** A row of a mount of a folder with the volumes of `above`. @param modules texts by file */
const makeMountRow = (above: string, modules: Readonly<Record<string, string>> = {}): StackRow => ({
  needs: ['mount', ...(Object.keys(modules).length > 0 ? ['interpreter' as const] : [])],
  async start(scratch, names) {
    const files = scratch.at('files');
    fillFolder(join(files, DIRECTORY), names);
    for (const [name, text] of Object.entries(modules)) await scratch.writeFile(name, text);
    return makeMountStack(mountAgain(scratch, posixVolume('files', files) + above));
  },
});

/** Returns a function that mounts a volfile, on another folder each time. */
function mountAgain(scratch: Scratch, volfile: string): () => Promise<Mounted> {
  let count = 0;
  return async () => {
    count += 1;
    const mount = await startMount(scratch, volfile, { name: `mnt${count}` });
    return { path: mount.path, end: () => mount.stop() };
  };
}

/** A row of a mount of a module over a folder. */
const makeModuleRow = (file: string, text: string, options = {}): StackRow => {
  const lines = { 'module-name': file, ...options };
  return makeMountRow(renderVolume('module', 'features/glupy', lines, 'files'), { [file]: text });
};

/** The row of examples/mirror, whose files are made through it. */
const mirrorRow: StackRow = {
  needs: ['mount', 'interpreter'],
  async start(scratch, names) {
    for (const folder of ['a', 'b']) mkdirSync(scratch.at(folder));
    const lines = {
      'module-name': 'mirror',
      'module-path': join(packageRoot, 'examples/mirror'),
      'time-limit': '60',
    };
    const folders = ['a', 'b'].map((name) => posixVolume(name, scratch.at(name))).join('');
    const mirror = renderVolume('mirror', 'features/glupy', lines, 'a b');
    const mount = mountAgain(scratch, folders + mirror);
    const first = await mount();
    fillFolder(join(first.path, DIRECTORY), names);
    await first.end();
    return makeMountStack(mount);
  },
};

/** A row of a mount over a brick, by glossa or by GlusterFS's client. */
const makeBrickMountRow = (isGluster: boolean, above: string): StackRow => ({
  needs: isGluster ? ['mount', 'bricks'] : ['mount'],
  async start(scratch, names) {
    const files = scratch.at('files');
    fillFolder(join(files, DIRECTORY), names);
    const brick = await startOurBrick(scratch.path, files);
    const client = renderVolume('files', 'protocol/client', clientOptions(brick.port), null);
    const volfile = isGluster ? client.replace(/.*reconnect-wait.*\n/, '') : client + above;
    let count = 0;
    const mountByGluster = (): Promise<Mounted> => {
      count += 1;
      return RealMount.start(scratch.path, `mnt${count}`, volfile);
    };
    return makeMountStack(isGluster ? mountByGluster : mountAgain(scratch, volfile), brick.end);
  },
});

/** A row of a front end that lists a whole directory by one call; it has no offsets. */
const makeWholeRow = (
  needs: readonly Need[],
  list: (volfile: string, scratch: Scratch) => Promise<readonly string[]>,
): StackRow => ({
  needs,
  async start(scratch, names) {
    const folder = scratch.at('files', DIRECTORY);
    fillFolder(folder, names);
    const volfile = posixVolume('files', scratch.at('files'));
    return {
      calls: ['list'],
      restart: null,
      keepsOpen: true,
      open: async () => ({
        async read(offset) {
          if (offset > 0n) return [];
          return ['.', '..', ...(await list(volfile, scratch))].map((name) => ({ name, off: 1n }));
        },
        close: () => {},
      }),
      create: async (name) => writeFileSync(join(folder, name), ''),
      remove: async (name) => rmSync(join(folder, name)),
      end: async () => {},
    };
  },
});

const LISTING_PROGRAM = `
import glossa, sys
with glossa.Volume(sys.argv[1], command=sys.argv[2:]) as volume:
    print('\\n'.join(volume.listdir('/${DIRECTORY}')))
`;

/** The caches that glusterd puts above a brick, over the volume \`files\`. */
const ALL_CACHES = ['readdir-ahead', 'nl-cache', 'md-cache', 'open-behind']
  .map((name, at, all) =>
    renderVolume(name, `performance/${name}`, {}, at === 0 ? 'files' : all[at - 1]!),
  )
  .join('');
const READDIR_AHEAD = renderVolume('ahead', 'performance/readdir-ahead', {}, 'files');
const OPEN_BEHIND = renderVolume('behind', 'performance/open-behind', {}, 'files');

/** The stacks, by name. */
export const listingStacks: Readonly<Record<string, StackRow>> = {
  'storage/posix': makeFolderRow(''),
  'storage/memory': makeFilledRow(() => renderVolume('files', 'storage/memory', {}, null)),
  'readdir-ahead': makeCacheRow('readdir-ahead'),
  'md-cache': makeCacheRow('md-cache'),
  'nl-cache': makeCacheRow('nl-cache'),
  'open-behind': makeCacheRow('open-behind'),
  'all caches': makeFolderRow(ALL_CACHES),
  'features/locks': makeFolderRow(renderVolume('locks', 'features/locks', {}, 'files')),
  meta: makeFolderRow(renderVolume('meta', 'meta', {}, 'files')),
  'cluster/distribute': makeFilledRow(distributedFolders),
  'a file system by path': makeFilledRow(renderPathFiles, ['interpreter']),
  'caches over a file system by path': makeFilledRow(
    () => renderPathFiles() + ALL_CACHES,
    ['interpreter'],
  ),
  'a module in Python': makeModuleRow('pass.py', PYTHON_MODULE),
  'a module in JavaScript': makeModuleRow('pass.mjs', JAVASCRIPT_MODULE),
  'a module in a thread': makeModuleRow('pass.mjs', JAVASCRIPT_MODULE, { isolation: 'thread' }),
  'examples/mirror': mirrorRow,
  "a brick of glossa's": makeBrickRow(startOurBrick, []),
  "readdir-ahead over a brick of glossa's": makeBrickRow(startOurBrick, [], READDIR_AHEAD),
  "open-behind over a brick of glossa's": makeBrickRow(startOurBrick, [], OPEN_BEHIND),
  "all caches over a brick of glossa's": makeBrickRow(startOurBrick, [], ALL_CACHES),
  "a brick of GlusterFS's": makeBrickRow(startGlusterBrick, ['bricks']),
  "all caches over a brick of GlusterFS's": makeBrickRow(startGlusterBrick, ['bricks'], ALL_CACHES),
  "three bricks of glossa's": makeBricksRow([startOurBrick, startOurBrick, startOurBrick], []),
  'three bricks of both': makeBricksRow(
    [startGlusterBrick, startOurBrick, startGlusterBrick],
    ['bricks'],
  ),
  'a mount': makeMountRow(''),
  'a mount of all caches': makeMountRow(ALL_CACHES),
  "a mount over a brick of glossa's": makeBrickMountRow(false, READDIR_AHEAD),
  "a mount of GlusterFS's over a brick of glossa's": makeBrickMountRow(true, ''),
  Volume: makeWholeRow([], async (volfile) => {
    const volume = await Volume.open({ volfile });
    try {
      return await volume.readdir(`/${DIRECTORY}`);
    } finally {
      await volume.close();
    }
  }),
  'the Python package': makeWholeRow(['interpreter'], async (volfile, scratch) => {
    const file = await scratch.writeFile('listed.vol', volfile);
    const { stdout } = await promisify(execFile)(
      'python3',
      ['-c', LISTING_PROGRAM, file, process.execPath, GLOSSA],
      {
        env: { ...process.env, PYTHONPATH: join(packageRoot, 'python') },
        maxBuffer: 2 ** 30,
      },
    );
    return stdout.split('\n').slice(0, -1);
  }),
};

/** Starts a stack with so many names, and lists it in each way. */
export async function listStack(row: StackRow, count: number): Promise<ListingResults> {
  const names = makeNames(count);
  const scratch = await makeScratch();
  try {
    const stack = await row.start(scratch, names);
    try {
      return await listEveryWay(stack, names);
    } finally {
      await stack.end();
    }
  } finally {
    await scratch.clean();
  }
}
