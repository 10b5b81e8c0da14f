/** Many processes, clients, open files and entries at once. */
import { expect, it } from 'vitest';
import { allKinds, distributeKinds, foreignKinds, isOnBricks } from '../support/stacks.ts';
import { describeStages, findErrors, type Stage } from '../support/stage.ts';
import { selected } from '../support/test-selection.ts';

const worker = (name: string): string => `"$NODE" "$CLIENTS/${name}.mjs"`;

/**
 * The amount for the wanted run: the most in `test:long`, less over bricks, where each costs more.
 */
const amount = (first: number, bricks: number, others: number): number => {
  if (selected.others) return others;
  return selected.bricks ? bricks : first;
};
/** Files per process of eight, and renames per process of four. */
const [files, swaps] = [amount(20, 10, 40), amount(200, 60, 200)];

const atOnce = (stage: Stage): void => {
  it('eight processes create, write, rename and unlink files, and verify what they read', async () => {
    const out = await stage.runOk(`mkdir d0 d1 d2
      for n in 1 2 3 4 5 6 7 8; do ${worker('mixed')} $n ${files} > left.$n & done; wait
      [ "$(sort left.*)" = "$(find d? -type f | sort)" ] && echo as expected
      find d? -type f | wc -l
      for n in 1 2 3 4 5 6 7 8; do ${worker('mixed')} verify $n < left.$n; done; rm -r d?
      ls | wc -l`);
    const [expected, left, ...verified] = out.trimEnd().split('\n');
    expect(expected).toBe('as expected');
    expect(Number(left)).toBeGreaterThan(0.8 * files);
    const counts = verified.slice(0, 8).map(Number);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(Number(left));
    expect(verified.slice(8)).toEqual(['8']);
  });

  it('four processes rename the same few names, and no file is lost or duplicated', async () => {
    const out = await stage.runOk(`for i in 0 1 2 3 4 5 6 7; do echo $i > f$i; done
      for n in 1 2 3 4; do ${worker('swap')} $n ${swaps} & done; wait; cat f* | sort | tr -d '\\n'`);
    expect(out).toBe('01234567');
  });

  it('32 clients are served at once', async () => {
    const { mounted } = stage.nextFolders();
    await stage.runOk(`seq 1000 > common; mkdir d`, { in: mounted });
    const clients = Array.from({ length: 32 }, (_, n) =>
      stage.startClient(
        mounted,
        `for i in 1 2 3; do echo $i >> d/${n}; cmp common ../work/common; ls d > /dev/null
         [ -e missing$i ] && echo found; mkdir d/x${n}; rmdir d/x${n}; done
         cat d/${n} | tr -d '\\n'`,
      ),
    );
    for (const client of clients) {
      expect(await client.outcome).toMatchObject({ status: 0, out: '123', err: '' });
    }
    expect(await stage.runOk('ls d | wc -l', { in: mounted })).toBe('32\n');
  });

  // In test:long as many as a shell allows; fewer over bricks, which make no difference to the
  // mount.
  // the mount.
  const many = selected.others && !isOnBricks(stage.kind) ? 1_000 : 300;

  it(`${many} files are open at once`, async () => {
    expect(await stage.runOk(`ulimit -n 4096; ${worker('open-many')} ${many}`)).toBe(
      `${many} written, ${many} read, ${many} after unlink, 0 left\n`,
    );
  });
};

describeStages(
  'concurrent clients',
  { kernel: [...allKinds, 'awaited', ...foreignKinds, ...distributeKinds] },
  atOnce,
  {
    later: ['posix', 'real-client'],
  },
);

const stacks = { kernel: [...allKinds, 'own-brick'] } as const;

const manyEntries = (stage: Stage): void => {
  // Many times more than one reply to READDIR holds.
  const entries = selected.others ? 1_000 : 500;

  it(`${entries} entries are created, listed without duplicates, looked up, and removed`, async () => {
    const out = await stage.runOk(`${worker('many-entries')} ${entries}
        ls -f | sort | uniq -c | awk '$1 != 1' | wc -l
      rm -rf e; ls | wc -l`);
    const expected = `${entries} made, ${entries} listed, 0 missing, ${entries / 2} half way, 0 left`;
    expect(out).toBe(`${expected}\n0\n0\n`);
  });

  it('a listing contains all remaining entries while others are created and removed', async () => {
    const [created, removed] = [150, 15];
    // Each third of the first ones may be gone.
    const out = await stage.runOk(`mkdir e; cd e; for i in $(seq ${created}); do : > keep$i; done
      (for i in $(seq ${removed}); do : > new$i; rm new$i keep$((i * 3)); done) &
      for i in 1 2 3 4 5; do ls -f | grep keep > ../list; sort ../list | uniq -d | wc -l
        grep -vc -f <(seq -f 'keep%g$' 3 3 ${removed * 3}) ../list; done; wait; ls -f | grep -c keep`);
    const remaining = created - removed;
    expect(out).toBe(`${`0\n${remaining}\n`.repeat(5)}${remaining}\n`);
  });
};

describeStages('many entries', stacks, manyEntries, { later: ['posix'] });

// The server inherits the limit of the shell.
const few = { wrapper: ['prlimit', '--nofile=256:256'], mayComplain: true };
describeStages(
  'a server with 256 descriptors',
  { kernel: ['posix'], user: ['posix'] },
  (stage: Stage) => {
    it('serves more files than it can keep open', async () => {
      const out = await stage.runOk(`for d in $(seq 10); do mkdir d$d; for f in $(seq 50)
          do echo $d $f > d$d/f$f; done; done
        mv d7 seven; cat */f50 | sort -n | md5sum; cat */f1 | wc -l
        find . -type f | xargs stat -c %s | sort | uniq -c | wc -l
        grep -rl '^3 3$' .; rm -r d1*; find . -type f | wc -l`);
      expect(out).toMatch(/^[0-9a-f]{32} {2}-\n10\n\d+\n\.\/d3\/f3\n400\n$/);
    });

    it('returns EMFILE when clients open more at once, logs it once, and keeps serving', async () => {
      const out =
        await stage.runOk(`ulimit -n 4096; ${worker('open-many')} 400 || true; echo still > there
          cat there
        ${worker('open-many')} 50`);
      expect(out).toMatch(
        /^\d+ open: (EMFILE|ENFILE)\nstill\n50 written, 50 read, 50 after unlink, 0 left\n$/,
      );
      // It logs the limit once, for an administrator.
      const limit = expect.stringContaining('too many open files: the limit is 256');
      expect(findErrors(stage.mount.log())).toEqual([limit]);
    });
  },
  few,
);
