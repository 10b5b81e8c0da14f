/** What is removed or replaced is in the trash, and comes back by mv. */
import { expect, it } from 'vitest';
import { NOBODY } from '../../test/support/client.ts';
import { onExample } from '../../test/support/example.ts';

onExample('undelete', (example) => {
  it('keeps what rm removes: data, mode, times and where it was', async () => {
    await example.ok(`
      echo text > f; chmod 640 f; touch -d 2001-01-01 f; stat -c '%a %Y %i' f > "$SCRATCH/before"
      rm f; test ! -e f
    `);
    const kept = (await example.ok('ls .trash')).trim();
    expect(kept).toMatch(/^\d{8}-\d{6}\.\d{6}-f$/);
    await example.ok(`stat -c '%a %Y %i' .trash/${kept} | cmp - "$SCRATCH/before"`);
    expect(await example.ok(`getfattr --only-values -n user.trash.path .trash/${kept}`)).toBe('/f');
    expect(await example.ok(`mv .trash/${kept} back; cat back; ls .trash`)).toBe('text\n');
  });

  it('keeps a file that another one takes the place of, and never lets the name be missing', async () => {
    const script = `
      echo 0 > f
      (for i in 1 2 3 4 5 6 7 8 9; do echo $i > new; mv -f new f; done) & writer=$!
      while kill -0 $writer 2> /dev/null; do cat f > /dev/null || exit; done
      cat f; cat ../.trash/*-f
    `;
    expect(await example.ok(script, { in: 'replace' })).toBe('9\n0\n1\n2\n3\n4\n5\n6\n7\n8\n');
    await example.ok('rm .trash/*');
  });

  it('keeps every file of a tree, also of the same name', async () => {
    await example.ok('for d in a b c; do mkdir -p $d; echo $d > $d/f; done; rm -r a b c');
    expect(await example.ok('cat .trash/*-f; ls -d [abc] 2> /dev/null || true')).toBe('a\nb\nc\n');
    await example.ok('rm .trash/*');
  });

  it('gives each of many that are removed at once a name of its own', async () => {
    const script = `
      for i in $(seq 40); do mkdir $i; echo $i > $i/f; done
      for i in $(seq 40); do rm $i/f & done; wait
      cat ../.trash/*-f | sort -n | tr '\\n' ' '; rm ../.trash/*
    `;
    const all = Array.from({ length: 40 }, (_, i) => `${i + 1} `).join('');
    expect(await example.ok(script, { in: 'many' })).toBe(all);
  });

  it('is not listed, and is there by name; it cannot be removed or renamed', async () => {
    await example.ok('rm -rf [a-z]*; rm -f .trash/*');
    expect(await example.ok('ls -A; find . -mindepth 1')).toBe('');
    expect(await example.ok('stat -c %a .trash')).toBe('1777\n');
    expect(await example.fails('rmdir .trash')).toBe('Operation not permitted');
    expect(await example.fails('mv .trash trash')).toBe('Operation not permitted');
    expect(await example.fails('mkdir x; mv -T x .trash')).toBe('Operation not permitted');
  });

  it('removes for good what is in the trash, what is excluded, and what is no file', async () => {
    await example.ok('echo x > a.tmp; ln -s a l; mkfifo p; rm a.tmp l p; echo x > f; rm f');
    expect(await example.ok('ls .trash | cut -d- -f3')).toBe('f\n');
    expect(await example.ok('rm .trash/*; ls .trash')).toBe('');
  });

  it('keeps the end of no long name, and keeps names that are not UTF-8', async () => {
    const script = `
      long=$(printf 'x%.0s' $(seq 255)); echo 1 > $long; rm $long
      odd=$(printf 'a\\377b'); echo 2 > "$odd"; rm "$odd"; cat .trash/*; rm .trash/*
    `;
    expect(await example.ok(script)).toBe('1\n2\n');
  });

  it('lets users take out their own files, and no others', async () => {
    await example.ok('mkdir -m 777 u; echo root > u/r');
    const nobody = { as: NOBODY, in: 'u' };
    await example.ok('echo mine > f; rm f; mv ../.trash/*-f g; cat g', nobody);
    await example.ok('rm -f r', nobody);
    expect(await example.fails('mv ../.trash/*-r g', nobody)).toBe('Operation not permitted');
    await example.ok('rm -rf u .trash/*');
  });

  it('lets git work', async () => {
    const script = `
      git init -q -b main; git config user.email a@b; git config user.name a
      for i in 1 2 3; do echo $i > f; git add f; git commit -qm $i; done
      git checkout -q HEAD~; cat f; git gc -q; git fsck --strict 2>&1 | grep -v dangling || true
    `;
    expect(await example.ok(script, { in: 'repo' })).toBe('2\n');
  });
});

onExample(
  'undelete',
  (example) => {
    it('lists the trash', async () => {
      expect(await example.ok('ls -A')).toBe('.trash\n');
    });

    it('removes the oldest of what is too much, when it looks', async () => {
      await example.ok('for i in 1 2 3 4; do echo $i > f; rm f; done');
      expect(await example.ok('cat .trash/*')).toBe('1\n2\n3\n4\n');
      await example.restart(['undelete.limit=5']);
      expect(await example.ok('cat .trash/*')).toBe('3\n4\n');
    });
  },
  { title: 'other options', options: ['undelete.show=on'] },
);
