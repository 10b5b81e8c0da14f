/** Removed and replaced files: they are in the trash, and mv brings them back. */
import { expect, it } from 'vitest';
import { NOBODY } from '../../test/support/client.ts';
import { onExample } from '../../test/support/example.ts';

onExample('undelete', (example) => {
  it('rm moves a file to the trash with its data, mode, times and path', async () => {
    await example.runOk(`
      echo text > f; chmod 640 f; touch -d 2001-01-01 f; stat -c '%a %Y %i' f > "$SCRATCH/before"
      rm f; test ! -e f
    `);
    const kept = (await example.runOk('ls .trash')).trim();
    expect(kept).toMatch(/^\d{8}-\d{6}\.\d{6}-f$/);
    await example.runOk(`stat -c '%a %Y %i' .trash/${kept} | cmp - "$SCRATCH/before"`);
    expect(await example.runOk(`getfattr --only-values -n user.trash.path .trash/${kept}`)).toBe(
      '/f',
    );
    expect(await example.runOk(`mv .trash/${kept} back; cat back; ls .trash`)).toBe('text\n');
  });

  it('mv over a file moves the old one to the trash, without a moment in which the name is absent', async () => {
    const script = `
      echo 0 > f
      (for i in 1 2 3 4 5 6 7 8 9; do echo $i > new; mv -f new f; done) & writer=$!
      while kill -0 $writer 2> /dev/null; do cat f > /dev/null || exit; done
      cat f; cat ../.trash/*-f
    `;
    expect(await example.runOk(script, { in: 'replace' })).toBe('9\n0\n1\n2\n3\n4\n5\n6\n7\n8\n');
    await example.runOk('rm .trash/*');
  });

  it('rm -r of a tree moves every file to the trash, even those with equal names', async () => {
    await example.runOk('for d in a b c; do mkdir -p $d; echo $d > $d/f; done; rm -r a b c');
    expect(await example.runOk('cat .trash/*-f; ls -d [abc] 2> /dev/null || true')).toBe(
      'a\nb\nc\n',
    );
    await example.runOk('rm .trash/*');
  });

  it('files removed concurrently get different names in the trash', async () => {
    const script = `
      for i in $(seq 40); do mkdir $i; echo $i > $i/f; done
      for i in $(seq 40); do rm $i/f & done; wait
      cat ../.trash/*-f | sort -n | tr '\\n' ' '; rm ../.trash/*
    `;
    const all = Array.from({ length: 40 }, (_, i) => `${i + 1} `).join('');
    expect(await example.runOk(script, { in: 'many' })).toBe(all);
  });

  it('the trash directory is hidden from listings, and cannot be removed, renamed or replaced', async () => {
    await example.runOk('rm -rf [a-z]*; rm -f .trash/*');
    expect(await example.runOk('ls -A; find . -mindepth 1')).toBe('');
    expect(await example.runOk('stat -c %a .trash')).toBe('1777\n');
    expect(await example.runFailing('rmdir .trash')).toBe('Operation not permitted');
    expect(await example.runFailing('mv .trash trash')).toBe('Operation not permitted');
    expect(await example.runFailing('mkdir x; mv -T x .trash')).toBe('Operation not permitted');
  });

  it('files in the trash, excluded files, links and pipes are removed for good', async () => {
    await example.runOk('echo x > a.tmp; ln -s a l; mkfifo p; rm a.tmp l p; echo x > f; rm f');
    expect(await example.runOk('ls .trash | cut -d- -f3')).toBe('f\n');
    expect(await example.runOk('rm .trash/*; ls .trash')).toBe('');
  });

  it('files with very long names or names that are not UTF-8 are kept in the trash', async () => {
    const script = `
      long=$(printf 'x%.0s' $(seq 255)); echo 1 > $long; rm $long
      odd=$(printf 'a\\377b'); echo 2 > "$odd"; rm "$odd"; cat .trash/*; rm .trash/*
    `;
    expect(await example.runOk(script)).toBe('1\n2\n');
  });

  it('users can take only their own files out of the trash', async () => {
    await example.runOk('mkdir -m 777 u; echo root > u/r');
    const nobody = { as: NOBODY, in: 'u' };
    await example.runOk('echo mine > f; rm f; mv ../.trash/*-f g; cat g', nobody);
    await example.runOk('rm -f r', nobody);
    expect(await example.runFailing('mv ../.trash/*-r g', nobody)).toBe('Operation not permitted');
    await example.runOk('rm -rf u .trash/*');
  });

  it('git commit, checkout, gc and fsck succeed in a mount with undelete', async () => {
    const script = `
      git init -q -b main; git config user.email a@b; git config user.name a
      for i in 1 2 3; do echo $i > f; git add f; git commit -qm $i; done
      git checkout -q HEAD~; cat f; git gc -q; git fsck --strict 2>&1 | grep -v dangling || true
    `;
    expect(await example.runOk(script, { in: 'repo' })).toBe('2\n');
  });
});

onExample(
  'undelete',
  (example) => {
    it('the trash directory is listed with option show', async () => {
      expect(await example.runOk('ls -A')).toBe('.trash\n');
    });

    it('the oldest files in the trash are removed when option limit is exceeded', async () => {
      await example.runOk('for i in 1 2 3 4; do echo $i > f; rm f; done');
      expect(await example.runOk('cat .trash/*')).toBe('1\n2\n3\n4\n');
      await example.restart(['undelete.limit=5']);
      expect(await example.runOk('cat .trash/*')).toBe('3\n4\n');
    });
  },
  { title: 'other options', options: ['undelete.show=on'] },
);
