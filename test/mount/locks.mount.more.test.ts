/** Locks between processes, by features/locks, or by the kernel where no volume serves them. */
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import type { Dump } from '../../runtime/core/xlator.ts';
import type { VolumeDumps } from '../../server/statedump/volume-dumps.ts';
import { compileClient } from '../support/compile-client.ts';
import { runGlossa } from '../support/mount.ts';
import { isOnBricks, type Kind } from '../support/stacks.ts';
import { describeStages, type SameSettings, type Stage } from '../support/stage.ts';

const PATIENCE = { timeout: 50_000 };

/**
 * Stacks with features/locks, also below a Python module; on a brick; and with the kernel's locks.
 */
const served: readonly Kind[] = ['locks', 'awaited-locks'];
const both: readonly Kind[] = [
  ...served,
  'posix',
  'awaited',
  'own-brick',
  'real-brick',
  'real-client',
];

/** Runs lines for `clients/lockers.c` on the mount and in a bare directory. @returns the output */
async function lockers(stage: Stage, lines: string, settings: SameSettings = {}): Promise<string> {
  const script = `${compileClient('lockers')} f << 'end'\n${lines}\nend`;
  return (await stage.compareScript(script, { status: 0, ...settings })).out;
}

/** Drops pids: the kernel does not tell a server which record locks belong to an open file. */
const withoutPids = (text: string): string => text.replace(/, by .$/gm, '');

const readDump = async (stage: Stage, volumeType = 'features/locks'): Promise<Dump> => {
  const { status, out, err } = await runGlossa(stage.scratch, [
    'stats',
    stage.mount.path,
    '--json',
  ]);
  expect({ status, err }).toEqual({ status: 0, err: '' });
  const { volumes } = JSON.parse(out) as VolumeDumps;
  return volumes.find(({ type }) => type === volumeType)!.dump;
};

const locks = (stage: Stage): void => {
  it('record locks of every type conflict as on a disk, also for parts of a range', async () => {
    const pairs = ['r', 'w'].flatMap((held) => ['r', 'w'].map((requested) => [held, requested]));
    const lines = pairs.map(
      ([held, requested]) => `A setlk 0 ${held} 10 10
        B getlk 0 ${requested} 0 10\nB getlk 0 ${requested} 0 11\nB getlk 0 ${requested} 19 0
        B getlk 0 ${requested} 20 0\nB setlk 0 ${requested} 15 1\nB setlk 0 ${requested} 20 5
        A getlk 0 w 0 0\nB setlk 0 u 0 0\nA setlk 0 u 13 2\nB getlk 0 w 11 0\nB getlk 0 w 13 0
        A setlk 0 w 0 -1\nA setlk 0 w 30 -5\nB getlk 0 w 22 0\nA setlk 0 r 25 0\nB getlk 0 w 26 0
        A setlk 0 u 0 0\nB getlk 0 w 0 0`,
    );
    const out = await lockers(stage, `A open 0\nB open 0\n${lines.join('\n')}`);
    expect(out).toContain('B getlk 0 w 19 0: r 10 10, by A');
  });

  it('a process that closes any descriptor of a file loses its record locks there, and other processes keep theirs', () =>
    lockers(
      stage,
      `A open 0\nA open 1\nB open 0\nA setlk 0 w 0 10\nB setlk 0 w 10 10\nA fork C
       C getlk 0 w 0 0\nC setlk 0 w 0 1\nC close 0\nB getlk 0 w 0 10\nA close 1\nB getlk 0 w 0 10
       C setlk 1 w 0 1\nA getlk 0 w 0 0\nB kill\nA getlk 0 w 10 0\nC kill\nA getlk 0 w 0 0`,
    ));

  it('flock is shared, upgraded, downgraded and duplicated as on a disk, until the last close', () =>
    lockers(
      stage,
      `A open 0\nB open 0\nA flock 0 s\nB flock 0 s\nA flock 0 xn\nB flock 0 x\nA flock 0 sn
       B flock 0 s\nA flock 0 sn\nB flock 0 u\nA flock 0 xn\nA dup 0 1\nA fork C\nA close 0
       B flock 0 sn\nA close 1\nB flock 0 sn\nC flock 0 xn\nC flock 1 u\nB flock 0 xn\nC flock 0 xn
       B setlk 0 w 0 0\nC setlk 0 w 0 0\nB kill\nC flock 0 xn`,
    ));

  it('locks of an open file description exclude record locks of the same process, until the last close', () =>
    lockers(
      stage,
      `A open 0\nA open 1\nB open 0\nA ofd_setlk 0 w 0 10\nA setlk 0 w 0 10\nA ofd_setlk 1 w 5 10
       A ofd_setlk 1 w 20 10\nB ofd_setlk 0 r 20 1\nB getlk 0 w 0 0\nA dup 0 2\nA fork C\nA close 0
       B ofd_setlk 0 w 0 1\nA close 2\nC close 0\nB ofd_setlk 0 w 0 1\nC close 2
       B soon ofd_setlk 0 w 0 1\nA kill\nB ofd_setlk 0 w 20 1\nC kill\nB soon ofd_setlk 0 w 20 1
       B ofd_getlk 0 w 0 0`,
      { normalize: withoutPids },
    ));

  // No process waits behind another while a part is unlocked: the kernel would then let all retry
  // in any order.
  it('a released lock goes to waiting processes in their order, and to waiting readers together', () =>
    lockers(
      stage,
      `A open 0\nB open 0\nC open 0\nD open 0\nA setlk 0 w 0 10\nB setlkw 0 w 0 5
       D setlkw 0 w 5 5\nA setlk 0 u 5 5\nD done\nB done\nC setlkw 0 w 0 5\nA setlk 0 u 0 0\nB done\nC done
       B setlk 0 u 0 0\nC done\nA setlkw 0 r 0 0\nB setlkw 0 r 0 4\nC setlk 0 u 0 0\nA done\nB done
       D setlk 0 u 0 0\nA done\nB done\nA flock 0 x\nB flock 0 x\nC flock 0 x\nA flock 0 u\nB done
       B close 0\nC done`,
    ));

  it('a signal ends or restarts the wait for a lock, and SIGKILL also releases the locks of its process', () =>
    lockers(
      stage,
      `A open 0\nB open 0\nC open 0\nA setlk 0 w 0 0\nB setlkw 0 w 0 0\nB signal\nB done
       B setlkw 0 w 0 0\nB restart\nC setlkw 0 w 0 0\nC kill\nB done\nA kill\nB done\nD open 0
       D getlk 0 w 0 0\nB flock 0 x\nD flock 0 x\nD signal\nD done\nD flock 0 x\nD restart\nD done
       E open 0\nE flock 0 x\nE kill\nB kill\nD done\nD getlk 0 w 0 0`,
    ));

  it('a process that waits for a record lock is interrupted, restarted, granted the lock, or killed', () =>
    lockers(
      stage,
      `A open 0\nB open 0\nC open 0\nA setlk 0 w 0 0\nB setlkw 0 w 3 4\nB signal\nB done
       B setlkw 0 w 3 4\nC setlkw 0 w 0 9\nC kill\nA setlk 0 u 0 0\nB done\nA getlk 0 w 0 0`,
    ));

  it('a lock that would complete a deadlock fails with EDEADLK', async () => {
    const out = await lockers(
      stage,
      `A open 0\nB open 0\nC open 0\nA setlk 0 w 0 1\nB setlk 0 w 1 1\nC setlk 0 w 2 1
       A setlkw 0 w 1 1\nB setlkw 0 w 2 1\nC setlkw 0 w 0 1\nC setlk 0 u 2 1\nB done\nB setlk 0 u 0 0
       A done\nA setlk 0 u 0 0\nA setlk 0 r 0 0\nB setlk 0 r 0 0\nA setlkw 0 w 0 0\nB setlkw 0 w 0 0
       B kill\nA done`,
    );
    expect(out.match(/EDEADLK/g)).toHaveLength(2);
  });

  it('a counter that several processes increment under a lock loses no increment', async () => {
    // GlusterFS's client makes no progress with waits interrupted so often, even on its own brick.
    const alarms = stage.kind === 'real-client' ? [''] : ['', 'alarm'];
    // Each costs more over a brick, and makes no difference to the mount.
    const times = isOnBricks(stage.kind) ? 25 : 100;
    const runs = alarms.flatMap((alarm) => [`flock ${alarm}`, `record ${alarm}`]);
    const { out } = await stage.compareScript(
      `${runs.map((run) => `${compileClient('counter')} f ${times} ${run} && `).join('')}cat f`,
    );
    expect(out).toBe(`${6 * times * runs.length}\n`);
  });
};

// Each end is first paired with one of GlusterFS.
describeStages('locks', { kernel: both, user: ['locks'], 'fuse-native': ['locks'] }, locks, {
  later: ['own-brick'],
});

describeStages('random locks', { kernel: ['locks'], user: ['locks'] }, (stage) => {
  const fd = fc.nat(2);
  const type = fc.constantFrom('r', 'w', 'w', 'u');
  const lockType = fc.constantFrom('r', 'w');
  const part = fc.tuple(fc.nat(20), fc.nat(10)).map(([start, length]) => `${start} ${length}`);
  const line = fc.oneof(
    fc.tuple(fc.constantFrom('setlk', 'setlk', 'ofd_setlk'), fd, type, part),
    fc.tuple(fc.constantFrom('getlk', 'ofd_getlk'), fd, lockType, part),
    fc.tuple(fc.constant('flock'), fd, fc.constantFrom('xn', 'sn', 'u')),
    fc.tuple(fc.constantFrom('open', 'close'), fd),
    fc.tuple(fc.constant('dup'), fd, fd),
  );
  const step = fc
    .tuple(fc.constantFrom('A', 'B', 'C'), line)
    .map(([who, words]) => `${who} ${words.join(' ')}`);
  const opened = ['A', 'B', 'C'].flatMap((who) => [0, 1].map((at) => `${who} open ${at}`));

  // No process waits: the scheduler decides which of several gets a lock first.
  it('by three processes have the same results as in a bare directory', () =>
    fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 200, maxLength: 400 }), async (steps) => {
        const lines = [...opened, ...steps].join('\n');
        await lockers(stage, lines, { normalize: withoutPids });
      }),
      { numRuns: 4 },
    ));
});

describeStages('a statedump', { kernel: served, user: ['locks'] }, (stage) => {
  it('lists the holders of locks and the processes that wait for them', async () => {
    const { mounted } = stage.nextFolders();
    const client = stage.startClient(mounted, `exec ${compileClient('lockers')} f`);
    const lines = 'A open 0\nA setlk 0 w 10 5\nA flock 0 s\nB open 0\nB setlkw 0 r 0 0\n';
    client.child.stdin!.write(lines);
    await client.waitForOutput(/B setlkw 0 r 0 0: waits/);
    const dump = await readDump(stage);
    expect(dump).toMatchObject({
      inodes: 1,
      'posixlk-count': 2,
      'flock-count': 1,
      blocked: 1,
      'inode[0].path': expect.stringMatching(/\/work\/f$/),
      'inode[0].posixlk.posixlk[0](ACTIVE)': expect.stringMatching(
        /^type=WRITE, whence=0, start=10, len=5, pid=\d+, owner=[0-9a-f]{16}, granted at 20/,
      ),
      'inode[0].posixlk.posixlk[1](BLOCKED)': expect.stringMatching(
        /^type=READ, whence=0, start=0, len=0, pid=\d+, owner=[0-9a-f]{16}, blocked at 20/,
      ),
      'inode[0].flock.flock[0](ACTIVE)': expect.stringMatching(/^type=READ, whence=0, start=0, /),
    });
    client.release();
    expect(await client.outcome).toMatchObject({ status: 0, err: '' });
    await vi.waitFor(
      async () => expect(await readDump(stage)).toMatchObject({ inodes: 0 }),
      PATIENCE,
    );
  });
});

/** Serves locks of whole files, for one owner at a time. */
const SERVER = `from glupy import EAGAIN, EINTR, Translator

F_GETLK, F_SETLKW, F_UNLCK = 5, 7, 2


class xlator(Translator):
    def init(self):
        self.owners, self.queue = {}, []

    def lk(self, frame, fd, cmd, flock, xdata):
        file, owner = fd.inode.gfid, frame.root.lk_owner
        if cmd == F_GETLK:
            frame.unwind(0, 0, flock.copy(type=F_UNLCK), None)
        elif flock.type == F_UNLCK:
            self.free(file, owner)
            frame.unwind(0, 0, flock, None)
        elif self.owners.setdefault(file, owner) == owner:
            frame.unwind(0, 0, flock, None)
        elif cmd == F_SETLKW:
            self.queue.append((frame, file, owner, flock))
        else:
            frame.fail(EAGAIN)

    def lk_cancel(self, frame):
        self.queue = [each for each in self.queue if each[0] is not frame]
        frame.fail(EINTR)

    def flush(self, frame, fd, xdata):
        self.free(fd.inode.gfid, frame.root.lk_owner)
        frame.wind()

    def free(self, file, owner):
        if self.owners.get(file) != owner:
            return
        del self.owners[file]
        for each in self.queue:
            if each[1] == file:
                self.queue.remove(each)
                self.owners[file] = each[2]
                return each[0].unwind(0, 0, each[3], None)
`;

describeStages(
  'locks served by a Python module',
  { kernel: ['posix'], user: ['posix'] },
  (stage) => {
    it('are requested from the module, and its replies reach programs', async () => {
      const out = await lockers(
        stage,
        `A open 0\nB open 0\nC open 0\nA flock 0 x\nB flock 0 xn\nB flock 0 x\nB signal\nB done
         B flock 0 x\nC flock 0 x\nC kill\nA close 0\nB done\nA open 0\nA flock 0 xn\nB kill
         A flock 0 xn\nA flock 0 u\nA setlk 0 w 0 0\nD open 0\nD setlkw 0 w 0 0\nA kill\nD done`,
      );
      expect(out).toMatch(/B done: EINTR.*B done: ok.*A flock 0 xn: EAGAIN.*D done: ok/s);
      expect((await readDump(stage, 'features/glupy')).interrupted).toBe(2);
    });
  },
  { above: { name: 'lock-server', text: SERVER } },
);

describeStages(
  'a mount without a volume that serves locks',
  { kernel: ['python'], user: ['python'] },
  (stage) => {
    it('leaves locks to the kernel, and sends no lk requests', async () => {
      await lockers(stage, 'A open 0\nB open 0\nA setlk 0 w 0 0\nB setlk 0 w 0 0\nB flock 0 x');
      const counted = await readDump(stage, 'debug/io-stats');
      expect(counted['OPEN.hits']).toBeGreaterThan(0);
      expect(counted).not.toHaveProperty('LK.hits');
    });
  },
);
