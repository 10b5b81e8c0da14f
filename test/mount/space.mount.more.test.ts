/** Storage that is full, read-only, or reports its free space. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { describeFrontEnds, everyFrontEnd, type FrontEnd } from '../support/front-ends.ts';
import { run, type Scratch, type ServedMount, startMount } from '../support/mount.ts';
import { makeVolfile } from '../support/stacks.ts';
import { describeStages, findErrors } from '../support/stage.ts';

/** A mount on a tmpfs, which the tests of a group share. */
class Tmpfs {
  private readonly front: FrontEnd;
  private readonly options: string;
  private scratch!: Scratch;
  private mount!: ServedMount;
  private brick = '';

  /** Call it in a describe block, for whose tests it exists. */
  constructor(front: FrontEnd, options: string) {
    this.front = front;
    this.options = options;
    beforeAll(() => this.start());
    afterAll(() => this.stop());
    afterEach(async () => expect(await this.sh('rm -rf *')).toBe(''));
  }

  /** Runs a script in the mount. @returns its output and errors */
  async sh(script: string): Promise<string> {
    const { out, err } = await this.scratch.startClient(this.mount.path, script).outcome;
    return out + err;
  }

  /** Retries until the server has closed the clients' files, which the kernel reports later. */
  remount(mode: 'ro' | 'rw'): Promise<void> {
    return vi.waitFor(() => this.mountBrick('-o', `remount,${mode}`), { timeout: 60_000 });
  }

  private async start(): Promise<void> {
    this.scratch = await this.front.makeScratch();
    this.brick = await this.scratch.makeFolder('brick');
    const { uid, gid } = this.front.owner ?? { uid: 0, gid: 0 };
    const options = `${this.options},uid=${uid},gid=${gid}`;
    await this.mountBrick('-t', 'tmpfs', '-o', options, 'glossa-test');
    // Python behaves the same with every front end.
    const kind = this.front.name === 'kernel' ? 'python' : 'posix';
    this.mount = await startMount(this.scratch, await makeVolfile(this.scratch, kind, this.brick));
  }

  private async stop(): Promise<void> {
    try {
      expect(await this.mount.stop()).toBe(0);
      // The server checks its disk periodically, and may find it read-only as a test made it.
      const errors = findErrors(this.mount.log()).filter(
        (line) => !line.includes('is read-only now'),
      );
      expect(errors).toEqual([]);
    } finally {
      await this.scratch.clean();
    }
  }

  private async mountBrick(...options: string[]): Promise<void> {
    const outcome = await run(this.scratch, 'mount', [...options, this.brick]);
    expect(outcome).toMatchObject({ status: 0, err: '' });
  }
}

const isRoot = process.getuid?.() === 0;
const FULL = 'No space left on device';

describe.runIf(isRoot)('storage in memory', () => {
  describeFrontEnds('a full disk', everyFrontEnd, (front) => {
    const disk = new Tmpfs(front, 'size=2m,nr_inodes=100');

    it('refuses data with ENOSPC, and accepts data again once there is space', async () => {
      expect(await disk.sh('dd if=/dev/zero of=f bs=100k count=100 2>&1 | head -1')).toMatch(FULL);
      expect(await disk.sh('echo x > g; ls')).toMatch(new RegExp(`^f\\ng\\n.*${FULL}`));
      expect(await disk.sh('truncate -s 0 f; echo y > g; cat g')).toBe('y\n');
      expect(
        await disk.sh('rm f; head -c 1500000 /dev/zero > f; wc -c < f; cat g; sync f; rm *; ls'),
      ).toBe('1500000\ny\n');
    });

    it('refuses fallocate with ENOSPC', async () => {
      expect(await disk.sh('fallocate -l 1M f; fallocate -l 1500k g; ls')).toMatch(
        new RegExp(`^f\\ng\\n.*${FULL}\\n$`),
      );
    });

    it('refuses new files when no inode is free, and accepts them again once some are', async () => {
      expect(
        await disk.sh('for i in $(seq 150); do : > f$i; done 2>&1 | head -1; mkdir d; ln -s a b'),
      ).toMatch(new RegExp(`${FULL}.*\\nmkdir.*${FULL}\\nln.*${FULL}`));
      expect(
        // An inode is free once the kernel has sent FORGET.
        await disk.sh(`again() {
            until said=$("$@" 2>&1); do
              case $said in *'${FULL}') ;; *) echo "$said"; break ;; esac
            done
          }
          n=$(ls | wc -l); rm f1 f2; again mkdir d; again ln -s a b; [ $(ls | wc -l) = $n ]`),
      ).toBe('');
    });

    it('reports its free blocks and inodes', async () => {
      const readFree = async (): Promise<number[]> => {
        const output = await disk.sh("stat -f -c '%S %b %f %a %c %d %l' .");
        return output.split(' ').map(Number);
      };
      const [frsize, blocks, free, available, files, ffree, namelen] = await readFree();
      expect([frsize! * blocks!, files, namelen]).toEqual([2 << 20, 100, 255]);
      expect(free).toBe(available);
      await disk.sh('head -c 1000000 /dev/zero > f; sync f');
      const after = await readFree();
      expect(after[2]).toBe(free! - Math.ceil(1_000_000 / frsize!));
      expect(after[5]).toBe(ffree! - 1);
      expect(await disk.sh('df --output=size -B1 . | tail -1')).toMatch(/^ *2097152$/m);
    });

    it('refuses changes with EROFS while it is read-only', async () => {
      await disk.sh('echo kept > f');
      await disk.remount('ro');
      expect(await disk.sh('echo > f; mkdir d; rm f; touch g; chmod 600 f; cat f')).toMatch(
        /^kept\n(.*Read-only file system\n){5}$/,
      );
      await disk.remount('rw');
      expect(await disk.sh('echo more >> f; cat f')).toBe('kept\nmore\n');
    });
  });

  describeFrontEnds('storage without nonblocking reads', ['kernel', 'fuse-native'], (front) => {
    const disk = new Tmpfs(front, 'size=200m');

    it('serves several clients at once from its thread pool', async () => {
      const out = await disk.sh(`mkdir d0 d1 d2; for n in 1 2 3 4
          do "$NODE" "$CLIENTS/mixed.mjs" $n 80 > left.$n & done
        seq 500000 > big; md5sum < big; wait
        [ "$(sort left.*)" = "$(find d? -type f | sort)" ] && echo as expected
        for n in 1 2 3 4; do "$NODE" "$CLIENTS/mixed.mjs" verify $n < left.$n > /dev/null; done`);
      expect(out).toBe('8074c9154fdd43e5714656af6141413a  -\nas expected\n');
    });
  });
});

describeStages(
  'a mount of a disk',
  { kernel: ['posix', 'python'], user: ['posix'], 'fuse-native': ['posix'] },
  (stage) => {
    it('reports the same total space as the disk', () =>
      stage.compareScript(
        "stat -f -c '%S %b %c %l' .; echo x > f; stat -f -c '%S %b' f; df --output=size . | tail -1",
      ));

    it('reports the same space used by a file as the disk', () =>
      stage.compareScript(`for n in 0 1 4096 4097 100000; do head -c $n /dev/zero > f$n; sync f$n
      stat -c '%n %s %b %B' f$n; done
      truncate -s 10M s; stat -c %b s; fallocate -l 40960 a; stat -c '%s %b' a
      fallocate -p -o 0 -l 8192 a; stat -c '%s %b' a; du -k a s`));

    it.runIf(isRoot)('refuses other users access to a directory without permission', async () => {
      const out = await stage.runOk(`mkdir d; echo x > d/f; chmod 000 d
          setpriv --reuid=65534 --clear-groups ls d 2>&1 | sed 's/.*: //'
      setpriv --reuid=65534 --clear-groups cat d/f 2>&1 | sed 's/.*: //'; ls d; chmod 711 d
      setpriv --reuid=65534 --clear-groups cat d/f
      setpriv --reuid=65534 --clear-groups ls d 2>&1 | sed 's/.*: //'`);
      expect(out).toBe('Permission denied\nPermission denied\nf\nx\nPermission denied\n');
    });
  },
);
