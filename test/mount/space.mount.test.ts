/** Storage that runs full, cannot be written, or says how much of it is left. */
import { expect, it } from 'vitest';
import { Client } from '../support/client.ts';
import {
  describeMounts,
  type Scratch,
  type ServedMount,
  startMount,
  withScratch,
} from '../support/mount.ts';
import { volfileOf } from '../support/stacks.ts';
import { errorsIn, onStage } from '../support/stage.ts';

/** A mount whose storage is a file system of its own, in memory. */
async function onTmpfs(
  options: string,
  test: (
    sh: (script: string) => Promise<string>,
    mount: ServedMount,
    brick: string,
  ) => Promise<void>,
): Promise<void> {
  await withScratch(async (scratch: Scratch) => {
    const brick = await scratch.folder('brick');
    const sh = async (script: string, folder = scratch.path): Promise<string> => {
      const { out, err } = await new Client(folder, script).outcome;
      return out + err;
    };
    expect(await sh(`mount -t tmpfs -o ${options} glossa-test brick`)).toBe('');
    const mount = await startMount(scratch, await volfileOf(scratch, 'python', brick));
    await test((script) => sh(script, mount.path), mount, brick);
    expect(await mount.stop()).toBe(0);
    expect(errorsIn(mount.log())).toEqual([]);
  });
}

const isRoot = process.getuid?.() === 0;
const FULL = 'No space left on device';

describeMounts('a full disk', () => {
  it.runIf(isRoot)('refuses data, and takes it again when there is room', () =>
    onTmpfs('size=2m', async (sh) => {
      expect(await sh('dd if=/dev/zero of=f bs=100k count=100 2>&1 | head -1')).toMatch(FULL);
      expect(await sh('echo x > g; ls')).toMatch(new RegExp(`^f\\ng\\n.*${FULL}`));
      expect(await sh('fallocate -l 1M h; truncate -s 0 f; echo y > g; cat g')).toMatch(
        new RegExp(`^y\\n.*${FULL}`),
      );
      expect(
        await sh('rm f h; head -c 1500000 /dev/zero > f; wc -c < f; cat g; sync f; rm *; ls'),
      ).toBe('1500000\ny\n');
    }),
  );

  it.runIf(isRoot)('refuses names, and takes them again', () =>
    onTmpfs('size=2m,nr_inodes=30', async (sh) => {
      expect(
        await sh('for i in $(seq 50); do : > f$i; done 2>&1 | head -1; mkdir d; ln -s a b'),
      ).toMatch(new RegExp(`${FULL}.*\\nmkdir.*${FULL}\\nln.*${FULL}`));
      expect(
        await sh('n=$(ls | wc -l); rm f1 f2; mkdir d; ln -s a b; [ $(ls | wc -l) = $n ]'),
      ).toBe('');
    }),
  );

  it.runIf(isRoot)('says how much is left', () =>
    onTmpfs('size=8m,nr_inodes=1000', async (sh) => {
      const before = await sh("stat -f -c '%S %b %f %a %c %d %l' .");
      const [frsize, blocks, free, available, files, ffree, namelen] = before
        .split(' ')
        .map(Number);
      expect([frsize! * blocks!, files, namelen]).toEqual([8 << 20, 1000, 255]);
      expect(free).toBe(available);
      await sh('head -c 1000000 /dev/zero > f; sync f');
      const after = (await sh("stat -f -c '%S %b %f %a %c %d %l' .")).split(' ').map(Number);
      expect(after[2]).toBe(free! - Math.ceil(1_000_000 / frsize!));
      expect(after[5]).toBe(ffree! - 1);
      expect(await sh('df --output=size -B1 . | tail -1')).toMatch(/^ *8388608$/m);
    }),
  );

  it.runIf(isRoot)('that becomes read-only is said to be so', () =>
    onTmpfs('size=2m', async (sh, _mount, brick) => {
      await sh('echo kept > f');
      expect(await sh(`mount -o remount,ro ${brick}`)).toBe('');
      expect(await sh('echo > f; mkdir d; rm f; touch g; chmod 600 f; cat f')).toMatch(
        /^kept\n(.*Read-only file system\n){5}$/,
      );
      expect(await sh(`mount -o remount,rw ${brick}; echo more >> f; cat f`)).toBe('kept\nmore\n');
    }),
  );
});

describeMounts('storage without reads that do not wait', () => {
  it.runIf(isRoot)('serves several clients at once, by its thread pool', () =>
    onTmpfs('size=200m', async (sh) => {
      const out = await sh(`mkdir d0 d1 d2; for n in 1 2 3 4
          do "$NODE" "$CLIENTS/mixed.mjs" $n 80 > left.$n & done
        seq 500000 > big; md5sum < big; wait
        [ "$(sort left.*)" = "$(find d? -type f | sort)" ] && echo as expected
        for n in 1 2 3 4; do "$NODE" "$CLIENTS/mixed.mjs" verify $n < left.$n > /dev/null; done`);
      expect(out).toBe('8074c9154fdd43e5714656af6141413a  -\nas expected\n');
    }),
  );
});

onStage('space', ['posix', 'python'], (stage) => {
  it('is that of the disk', () =>
    stage.same(
      "stat -f -c '%S %b %c %l' .; echo x > f; stat -f -c '%S %b' f; df --output=size . | tail -1",
    ));

  it('that a file takes is what the disk says', () =>
    stage.same(`for n in 0 1 4096 4097 100000; do head -c $n /dev/zero > f$n; sync f$n
      stat -c '%n %s %b %B' f$n; done
      truncate -s 10M s; stat -c %b s; fallocate -l 40960 a; stat -c '%s %b' a
      fallocate -p -o 0 -l 8192 a; stat -c '%s %b' a; du -k a s`));

  it.runIf(isRoot)(
    'of a folder that cannot be read is refused to those who may not read it',
    async () => {
      const out = await stage.ok(`mkdir d; echo x > d/f; chmod 000 d
          setpriv --reuid=65534 --clear-groups ls d 2>&1 | sed 's/.*: //'
      setpriv --reuid=65534 --clear-groups cat d/f 2>&1 | sed 's/.*: //'; ls d; chmod 711 d
      setpriv --reuid=65534 --clear-groups cat d/f
      setpriv --reuid=65534 --clear-groups ls d 2>&1 | sed 's/.*: //'`);
      expect(out).toBe('Permission denied\nPermission denied\nf\nx\nPermission denied\n');
    },
  );
});
