/**
 * Errors of fops while a brick is killed, compared between a mount of GlusterFS's client and one of glossa's
 * with the same volfile.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import {
  clientVolfile,
  distributedVolfile,
  renderVolume,
} from '../../../test/support/brick-clients.ts';
import { isWithoutBricks, RealBrick, RealMount } from '../../../test/support/gluster.ts';
import {
  describeMounts,
  type Scratch,
  startMount,
  withScratch,
} from '../../../test/support/mount.ts';
import { selectVariants } from '../../../test/support/test-selection.ts';
import { skipWithoutTools } from '../../../test/support/tools.ts';

const STEPS = fileURLToPath(new URL('../../../test/support/brick-kill-steps.py', import.meta.url));
const UNCACHED = ['attribute', 'entry', 'negative'].flatMap((it) => [`--${it}-timeout`, '0']);
const PERFORMANCE = ['write-behind', 'open-behind', 'quick-read', 'md-cache', 'io-threads'];

/** For operations that take long on a slow machine. */
const PATIENCE = { timeout: 120_000 };

type Outcomes = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A program that performs fops on command; see brick-kill-steps.py. */
class Steps {
  private readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string>;

  constructor(scratch: Scratch, args: readonly string[]) {
    this.child = spawn('python3', [STEPS, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
    scratch.children.add(this.child);
    this.lines = createInterface({ input: this.child.stdout! })[Symbol.asyncIterator]();
  }

  async line(): Promise<string> {
    const { value, done } = await this.lines.next();
    if (done === true) throw new Error('the program has ended');
    return value;
  }

  do(step: string): Promise<string> {
    this.child.stdin!.write(`${step}\n`);
    return this.line();
  }
}

interface Client {
  readonly path: string;
  end(): Promise<unknown>;
}

const clients: Readonly<Record<string, (scratch: Scratch, text: string) => Promise<Client>>> = {
  async theirs(scratch, text) {
    const mount = await RealMount.start(scratch.path, 'mnt', text);
    return { path: mount.path, end: () => mount.end() };
  },
  async ours(scratch, text) {
    const mount = await startMount(scratch, text, { args: UNCACHED });
    return { path: mount.path, end: () => mount.stop() };
  },
};

async function outcomesOf(client: keyof typeof clients, bricks: number, above: readonly string[]) {
  let outcomes: Outcomes = {};
  await withScratch(async (scratch) => {
    const all: RealBrick[] = [];
    try {
      for (let at = 0; at < bricks; at++) {
        const folder = scratch.at(`brick${at}`);
        mkdirSync(folder);
        all.push(await RealBrick.start(folder));
      }
      const last = all.at(-1)!;
      const ports = Object.fromEntries(all.map(({ port }, at) => [`c${at}`, port]));
      const base = bricks === 1 ? clientVolfile(last.port) : distributedVolfile(ports);
      const below = [bricks === 1 ? 'c0' : 'dht', ...above];
      const stack = above.map((type, at) =>
        renderVolume(type, `performance/${type}`, {}, below[at]!),
      );
      const mount = await clients[client]!(scratch, [base, ...stack].join('\n'));
      const steps = new Steps(scratch, [mount.path, last.files, String(bricks)]);
      const probe = () => steps.do('probe');
      expect(await steps.line()).toBe('ready');
      last.pause(true);
      await steps.do('flight');
      await last.end('SIGKILL');
      await steps.do('land');
      await expect.poll(probe, PATIENCE).not.toBe('ok');
      await steps.do('away');
      await last.run();
      await expect.poll(probe, PATIENCE).toBe('ok');
      await steps.do('back');
      outcomes = JSON.parse(await steps.do('end')) as Outcomes;
      await mount.end();
    } finally {
      for (const brick of all) await brick.end();
    }
  });
  return outcomes;
}

const STACKS: Readonly<Record<string, readonly [bricks: number, above: readonly string[]]>> = {
  client: [1, []],
  distribute: [2, []],
  'distribute, write-behind': [2, PERFORMANCE.slice(0, 1)],
  'distribute, all of performance': [2, PERFORMANCE],
};

// Fops that fail alike, by the names that brick-kill-steps.py has for them.
const WRITES = ['write', 'write, write', 'write, close'];
const SYNCED = [
  'write 4 MiB',
  'write, fsync',
  'write, fstat',
  'fsync',
  'read',
  'fchmod',
  'flistxattr',
];
/** They need a file that is open at the brick. */
const ON_FDS = [
  ...['fstat', 'ftruncate', 'fallocate', 'discard', 'seek', 'lk'],
  ...['fsetxattr', 'fgetxattr', 'fremovexattr'],
];
/** They concern a file on the brick. */
const ON_FILES = [
  ...['stat', 'open', 'open O_TRUNC', 'unlink', 'link', 'chmod', 'truncate', 'setxattr'],
];
const MAKING = ['create', 'mkdir', 'mknod', 'symlink'];
/** They need one brick that is up. */
const ANYWHERE = ['stat of a directory', 'getxattr of a directory', 'readdir', 'statfs'];
/** They change the brick to which the directory's name belongs. */
const ON_DIRECTORIES = ['chmod of a directory', 'setxattr of a directory'];
/** They need all bricks. */
const EVERYWHERE = ['rmdir', 'rename of a directory'];
const OTHER = ', name on the other brick';
const onOther = (fops: readonly string[]): string[] => fops.map((fop) => `${fop}${OTHER}`);

const BY_NAME = {
  ENOENT: [...ON_FILES, 'lookup', `lookup${OTHER}`],
  ENOTCONN: [
    ...MAKING,
    ...ON_DIRECTORIES,
    ...EVERYWHERE,
    ...onOther(EVERYWHERE),
    ...['', OTHER].map((where) => `rename of a directory${where} to one on the other`),
  ],
  ok: [...ANYWHERE, ...onOther([...ANYWHERE, ...ON_DIRECTORIES, ...MAKING])],
};

/**
 * The outcome of each fop with GlusterFS 10.3, by stack: in flight and while the brick is away, with a slash
 * between the two where they differ.
 */
const TABLE: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  client: {
    ENOTCONN: [
      ...WRITES,
      ...SYNCED,
      ...ON_FILES,
      ...MAKING,
      ...ANYWHERE,
      ...ON_DIRECTORIES,
      ...EVERYWHERE,
      'lookup',
    ],
    'ENOTCONN/EBADFD': [...ON_FDS, 'close'],
  },
  distribute: {
    ...BY_NAME,
    ENOTCONN: [...WRITES, ...SYNCED, ...BY_NAME.ENOTCONN],
    'ENOTCONN/EBADFD': [...ON_FDS, 'close'],
  },
  'distribute, write-behind': {
    ...BY_NAME,
    ok: ['write', 'write, write', 'close', ...BY_NAME.ok],
    ENOTCONN: ['write, close', ...SYNCED, ...BY_NAME.ENOTCONN],
    'ENOTCONN/EBADFD': ON_FDS,
  },
  'distribute, all of performance': {
    ...BY_NAME,
    ok: ['close', ...BY_NAME.ok],
    ENOTCONN: [...WRITES, ...SYNCED, ...ON_FDS, ...BY_NAME.ENOTCONN],
  },
};

/** Fops with another outcome in glossa's client: in which stacks, and why. */
const OTHERWISE: Readonly<Record<string, readonly [outcome: string, stacks: RegExp, why: string]>> =
  {
    read: [
      'ENOTCONN/EBADFD',
      /^client$|distribute($|.*behind)/,
      'the kernel asks for attributes of the fd first',
    ],
    fchmod: [
      'ENOTCONN/EBADFD',
      /^client$|distribute($|.*behind)/,
      'of an open file it is a fsetattr here',
    ],
    close: [
      'ok/EBADFD',
      /^client$|distribute$/,
      'nothing was written: a flush asks nothing of the brick',
    ],
    write: [
      'ENOTCONN',
      /behind$/,
      'a write of which it is known at once that it fails is not promised',
    ],
    'write, write': ['ENOTCONN', /behind$/, 'likewise'],
  };

const expectedOf = (stack: string): Map<string, string> =>
  new Map(
    Object.entries(TABLE[stack]!).flatMap(([outcome, fops]) => fops.map((fop) => [fop, outcome])),
  );

/**
 * Lists the fops whose outcome is not the expected one. In flight it may be the later one: the kernel asks for
 * `security.capability` before some changes, and a client may not have read all requests yet; a file may have
 * been looked up just before the brick went away.
 */
function differences(actual: Outcomes, expected: ReadonlyMap<string, string>): string[] {
  expect(Object.keys(actual.away!).sort()).toEqual([...expected.keys()].sort());
  return [...expected].flatMap(([fop, outcome]) => {
    const [flight, away = flight] = outcome.split('/') as [string, string | undefined];
    const [inFlight, later, back] = ['flight', 'away', 'back'].map((phase) => actual[phase]![fop]!);
    const either = ON_FILES.includes(fop) || fop === 'lookup' ? ['ENOENT', 'ENOTCONN'] : [];
    const isSame =
      [flight, away, ...either].includes(inFlight!) && [away, ...either].includes(later!);
    const isBack = back === (fop.startsWith('lookup') ? 'ENOENT' : 'ok');
    return isSame && isBack ? [] : [`${fop}: ${inFlight}/${later}, then ${back}; not ${outcome}`];
  });
}

describeMounts('fops during the kill of a brick', () => {
  const usual = ['distribute, all of performance'];
  it
    .skipIf(isWithoutBricks())
    .each(selectVariants(Object.keys(STACKS), (it) => usual.includes(it)))(
    'fail in a stack of %s with the same errors as on a GlusterFS mount, and succeed once the brick is back',
    async (stack) => {
      skipWithoutTools('python3');
      const [bricks, above] = STACKS[stack]!;
      const expected = expectedOf(stack);
      expect(differences(await outcomesOf('theirs', bricks, above), expected)).toEqual([]);
      for (const [fop, [outcome, stacks]] of Object.entries(OTHERWISE)) {
        if (stacks.test(stack)) expected.set(fop, outcome);
      }
      expect(differences(await outcomesOf('ours', bricks, above), expected)).toEqual([]);
    },
  );
});
