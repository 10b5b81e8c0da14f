/** Files larger than 4 GiB, mostly holes. */
import { expect, it } from 'vitest';
import { allKinds } from '../support/stacks.ts';
import { describeStages, type Stage } from '../support/stage.ts';

const large = (stage: Stage): void => {
  it('a file of 5 GiB is written, read and mapped beyond 4 GiB', async () => {
    const settings = { tree: false, status: 0 };
    const { out } = await stage.compareScript('"$NODE" "$CLIENTS/sparse.mjs"', settings);
    expect(out).toMatch(/^size 5368709120\n/);
  });

  it('a file of 5 GiB is truncated, extended, allocated, and searched for holes', async () => {
    const { out } = await stage.compareScript(
      `truncate -s 5G f; stat -c %s f
        printf end | dd of=f bs=1 seek=4294967295 conv=notrunc status=none
      dd if=f bs=1 skip=4294967294 count=5 status=none | od -c; truncate -s 4294967297 f
      tail -c 3 f | od -c
      truncate -s 4294967296 f; truncate -s 6G f
      dd if=f bs=1 skip=4294967295 count=4 status=none | od -c; stat -c %s f
      tail -c +6442450943 f | wc -c; echo x >> f; stat -c %s f; tail -c 2 f; ls -l f | cut -d' ' -f5
      fallocate -p -o 4294963200 -l 8192 f || exit
      dd if=f bs=1 skip=4294967295 count=2 status=none | od -c
      cp --sparse=always f g; stat -c %s g; [ $(stat -c %b g) -lt 1000 ] && echo sparse
      tail -c 2 g; rm g
      truncate -s 9223372036854775807 f || echo too large; truncate -s 1T f && stat -c %s f
      truncate -s 0 f; stat -c '%s %b' f`,
      {
        tree: false,
        status: 0,
        // A disk's largest file differs, and so does its message.
        normalize: (text) => text.replace(/^truncate: .*\n/m, '').replace('too large\n', ''),
      },
    );
    expect(out).toMatch(/^5368709120\n/);
  });

  it('a file of 20 MB is written, read back and copied', async () => {
    const { out } = await stage.compareScript(
      `"$NODE" "$CLIENTS/blocks.mjs" f 20; md5sum < f
      dd if=f of=g bs=3M iflag=direct status=none; cmp f g && echo equal
      cat f > h; md5sum < h; wc -c f g h; rm g h`,
    );
    const [hash, ...rest] = out.split('\n');
    expect(rest.slice(0, 3)).toEqual([`${hash}  -`, 'equal', `${hash}  -`]);
  });
};

describeStages(
  'large files',
  { kernel: allKinds, user: ['posix'], 'fuse-native': ['posix'] },
  large,
);

describeStages(
  'data that is not cached',
  { kernel: ['posix', 'python'], user: ['python'], 'fuse-native': ['posix'] },
  (stage) => {
    it('is complete for each of four readers at once', async () => {
      const { mounted, name } = stage.nextFolders();
      const hash = await stage.runOk('seq 3000000 > f; md5sum < f', { in: mounted });
      const forget = 'sync f; dd if=f iflag=nocache count=0 status=none';
      for (let round = 0; round < 3; round++) {
        await stage.runOk(forget, { in: stage.scratch.at('brick', name) });
        const read = 'for n in 1 2 3 4; do md5sum < f & done; ls; wait';
        expect(await stage.runOk(read, { in: mounted })).toBe(`f\n${hash.repeat(4)}`);
      }
    });
  },
);
