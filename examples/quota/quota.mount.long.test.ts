/** Bytes per directory: the count stays right after each kind of change and a restart. */
import { describe, expect, it } from 'vitest';
import { onExample } from '../../test/support/example.ts';

const EDQUOT = 'Disk quota exceeded';

/** The usage by `df` and by the files; equal except for df's block size. */
const COUNTED = `
  df --output=used -B1 . | tail -1
  find . -type f -printf '%i %s\\n' | sort -u | awk '{ sum += $2 } END { print sum + 0 }'
`;
const BLOCK = 4096;

onExample('quota', (example) => {
  const counted = async (folder: string): Promise<number> => {
    const [used, sum] = (await example.runOk(COUNTED, { in: folder }))
      .trim()
      .split(/\s+/)
      .map(Number);
    expect(Math.abs(used! - sum!)).toBeLessThanOrEqual(BLOCK);
    return sum!;
  };

  it('existing files count for the quota, and a file with two names counts once', async () => {
    await example.runOk(`
        mkdir -p "$BRICK/home/ann/d/e" "$BRICK/home/bob"; cd "$BRICK/home"
        head -c 300000 /dev/zero > ann/d/e/f; ln ann/d/e/f ann/g; head -c 100000 /dev/zero > bob/z
      `);
    expect(await counted('home/ann')).toBe(300_000);
    expect(await counted('home')).toBe(400_000);
  });

  describe('a directory with a quota', () => {
    it('refuses a file that exceeds the limit, and accepts one that fits', async () => {
      await example.runOk('head -c 500000 /dev/zero > f', { in: 'home/ann' });
      const more = 'head -c 500000 /dev/zero > g2';
      expect(await example.runFailing(more, { in: 'home/ann' })).toBe(EDQUOT);
      expect(await counted('home/ann')).toBeLessThanOrEqual(2 ** 20);
      await example.runOk('rm -f g2; head -c 200000 /dev/zero > g2', { in: 'home/ann' });
      expect(await counted('home/ann')).toBe(1_000_000);
    });

    it.each([
      'head -c 100000 /dev/zero >> f',
      'truncate -s 600000 f',
      'truncate -s 2M new',
      'fallocate -l 2M new',
      'touch new; fallocate -n -l 2M new',
      'dd if=/dev/zero of=new bs=1 count=1 seek=1M status=none',
      'cp "$NODE" new',
    ])('refuses with EDQUOT a command that exceeds the limit: %s', async (command) => {
      expect(await example.runFailing(command, { in: 'home/ann' })).toBe(EDQUOT);
      await example.runOk('rm -f new; truncate -s 500000 f', { in: 'home/ann' });
      expect(await counted('home/ann')).toBe(1_000_000);
    });

    it('allows overwriting and truncating files when it is full', async () => {
      const again = 'dd if=/dev/urandom of=f bs=50000 count=10 conv=notrunc status=none';
      await example.runOk(`${again}; chmod 600 f; touch f`, { in: 'home/ann' });
      expect(await counted('home/ann')).toBe(1_000_000);
      await example.runOk('truncate -s 100000 f; : > g2', { in: 'home/ann' });
      expect(await counted('home/ann')).toBe(400_000);
      await example.runOk('fallocate -p -l 4096 f; rm g d/e/f', { in: 'home/ann' });
      expect(await counted('home/ann')).toBe(100_000);
    });
  });

  it("a change of a file's size counts in every limited directory above the file", async () => {
    await example.runOk('truncate -s 9M a', { in: 'home/bob' });
    expect(await example.runFailing('truncate -s 1000000 b', { in: 'home/ann' })).toBe(EDQUOT);
    await example.runOk('rm a; truncate -s 1000000 b; rm b', { in: 'home/bob' });
  });

  it('mv into or out of a directory with a limit changes its count of bytes', async () => {
    await example.runOk('head -c 200000 /dev/zero > f; mv f home/ann/moved');
    expect(await counted('home/ann')).toBe(300_000);
    await example.runOk('mv home/ann/moved home/bob/moved');
    expect(await counted('home/ann')).toBe(100_000);
    expect(await counted('home')).toBe(400_000);
    expect(await example.runFailing('ln home/bob/moved ln')).toBe('Invalid cross-device link');
    expect(await example.runFailing('head -c 2M /dev/zero > f; mv f home/ann/x')).toBe(EDQUOT);
    await example.runOk('rm f home/ann/x');
  });

  it('a file that mv replaces no longer counts for the quota, and the new file counts once', async () => {
    await example.runOk('head -c 50000 /dev/zero > 1; head -c 70000 /dev/zero > 2; mv -f 1 2', {
      in: 'home/ann',
    });
    expect(await counted('home/ann')).toBe(150_000);
    await example.runOk('exec 3>> 2; rm 2; echo more >&3; exec 3>&-; mkdir s; mv f s/f; mv s t', {
      in: 'home/ann',
    });
    expect(await counted('home/ann')).toBe(100_000);
  });

  it('concurrent writes do not exceed the limit of a quota', async () => {
    const script = `
        for i in 1 2 3 4 5 6 7 8; do (head -c 300000 /dev/zero > w$i) 2> /dev/null & done; wait
      `;
    await example.runOk(script, { in: 'home/ann' });
    const sum = await counted('home/ann');
    expect(sum).toBeLessThanOrEqual(2 ** 20);
    expect(sum).toBeGreaterThan(2 ** 20 - 300_000);
    await example.runOk('rm w*', { in: 'home/ann' });
    expect(await counted('home/ann')).toBe(100_000);
  });

  it("the quota's count of bytes is exact after random changes and a restart", async () => {
    const script = `
        RANDOM=7
        for i in $(seq 120); do
          f=f$((RANDOM % 6)); g=f$((RANDOM % 6)); n=$((RANDOM * 9))
          case $((RANDOM % 9)) in
            0) head -c $n /dev/zero > $f ;;
            1) head -c $n /dev/zero >> $f ;;
            2) truncate -s $n $f ;;
            3) rm -f $f ;;
            4) mv -f $f $g ;;
            5) ln -f $f $g ;;
            6) fallocate -o $n -l 5000 $f ;;
            7) cp --sparse=always $f $g ;;
            8) dd if=/dev/zero of=$f bs=1000 count=3 seek=$((n / 1000)) conv=notrunc ;;
          esac
        done 2> /dev/null; true
      `;
    await example.runOk(script, { in: 'home/ann/any' });
    const sum = await counted('home/ann');
    await example.restart();
    expect(await counted('home/ann')).toBe(sum);
  });
});
