/** Programs on a mount, compared with a bare directory: git, tar, sqlite, a compiler, make. */
import { expect, it } from 'vitest';
import { allKinds } from '../support/stacks.ts';
import { describeStages, type SameSettings, type Stage } from '../support/stage.ts';
import { selected } from '../support/test-selection.ts';

const git: SameSettings = {
  // git's index stores inode numbers and change times.
  prune: ['.git'],
  env: {
    HOME: '/nonexistent',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'A',
    GIT_AUTHOR_EMAIL: 'a@example.org',
    GIT_AUTHOR_DATE: '2001-01-01T00:00:00Z',
    GIT_COMMITTER_NAME: 'A',
    GIT_COMMITTER_EMAIL: 'a@example.org',
    GIT_COMMITTER_DATE: '2001-01-01T00:00:00Z',
  },
};

const REPOSITORY = `set -e
git -c init.defaultBranch=main init -q origin; cd origin
for n in $(seq 30); do mkdir -p d$((n % 7)); seq $n $((n * 20)) > d$((n % 7))/f$n; done
ln -s d1 link; printf '#!/bin/sh\\n' > run; chmod +x run
git add .; git commit -qm first
git checkout -q -b side; sed -i 's/^5/five/' d*/f*; git commit -qam side; git checkout -q main
echo more >> d0/f7; git commit -qam more; git merge -q side -m merged; cd ..
`;

const programs = (stage: Stage): void => {
  it('git inits, commits, branches, merges, clones and diffs as in a bare directory', async () => {
    const { status, out } = await stage.compareScript(
      `${REPOSITORY} cd origin; git log --format='%H %s'; git status --short
      git ls-files -s | md5sum; cd ..; git clone -q origin copy
      cd copy; git status --short --branch; echo new > new; mv d0/f7 moved; rm d1/f1
      git status --short; git diff --stat; git add -A; git commit -qm changed; git fsck --full
      find .git -name '*.lock'`,
      git,
    );
    expect(status).toBe(0);
    expect(out.match(/^[0-9a-f]{40} /gm)).toHaveLength(4);
  });

  // Further commands with the same system calls: on a plain storage, and over a brick.
  if (!selected.first && (stage.kind === 'posix' || stage.kind === 'own-brick')) {
    it('git stashes, collects garbage, repacks, pushes and checks as in a bare directory', async () => {
      const { status } = await stage.compareScript(
        `${REPOSITORY} git clone -q origin copy; git clone -q --no-hardlinks --bare origin bare.git
        cd copy; echo new > new; mv d0/f7 moved; rm d1/f1
        git add -A; git stash -q; git status --short; git stash pop -q --index
        git commit -qm changed; git status --short; git gc -q --prune=now; git fsck --full --strict
        git repack -adq; git count-objects -v | grep -v size; git log --format=%H | head -1
        git push -q origin HEAD:pushed; git -C ../origin log -1 --format=%s pushed
        git diff --quiet HEAD
        find .git -name '*.lock'; cd ..; rm -rf origin; git -C copy fsck --full`,
        { ...git, prune: ['.git', 'bare.git'] },
      );
      expect(status).toBe(0);
    });
  }

  it('tar archives and extracts links, owners, times and xattrs', async () => {
    const { status } = await stage.compareScript(
      `set -e; mkdir -p t/a/b; seq 9999 > t/a/f; ln t/a/f t/hard; ln -s a/f t/soft; mkfifo t/p
      truncate -s 3M t/sparse; echo end >> t/sparse; chmod 2750 t/a; chmod 4755 t/a/f
      setfattr -n user.colour -v blue t/a/f; setfattr -n user.binary -v 0x00ff0a t/a/b
      touch -d '2001-02-03 04:05:06.789' t/a/f t/p t/a/b t/sparse; touch -h -d @99 t/soft
      [ $(id -u) != 0 ] || chown -h 11:22 t/a/f t/soft; touch -d @1000.5 t/a t
      tar --xattrs --acls -Scf t.tar --sort=name --format=posix \\
        --pax-option=delete=atime,delete=ctime t
      tar --xattrs -df t.tar && echo no difference
      mkdir out; tar --xattrs -xpf t.tar -C out; tar --xattrs -C out -df t.tar && echo the same
      getfattr -d -e hex out/t/a/f out/t/a/b; tar -tf t.tar; tar -czf t.tgz t; tar -xzf t.tgz -C out
      seq 5 > out/t/a/f; tar -C out -df t.tar || echo differs; rm t.tgz`,
      // The order of xattrs in the archive depends on the file system.
      { prune: ['t.tar'] },
    );
    expect(status).toBe(0);
  });

  const SQL = (journal: string): string => `PRAGMA journal_mode=${journal};
    CREATE TABLE t(id INTEGER PRIMARY KEY, text TEXT); CREATE INDEX i ON t(text);
    BEGIN; WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM n WHERE x<3000)
    INSERT INTO t(text) SELECT printf('row %08d', x*7919%3001) FROM n; COMMIT;
    BEGIN; DELETE FROM t WHERE id%3=0; ROLLBACK; UPDATE t SET text=text||'!' WHERE id%5=0;
    SELECT count(*), max(text), sum(id) FROM t; PRAGMA integrity_check;`;

  it('sqlite commits and recovers transactions with journal_mode=delete', async () => {
    const { status, out } = await stage.compareScript(
      `sqlite3 db <<< "${SQL('delete')}" && ls &&
        sqlite3 db 'VACUUM; PRAGMA integrity_check; SELECT count(*) FROM t'
      # One that dies in the middle leaves a journal, which the next rolls back.
      (sqlite3 db "PRAGMA cache_size=1; BEGIN; UPDATE t SET text='lost';" \
        ".shell kill -9 \\$PPID"; :) 2>/dev/null
      ls; sqlite3 db "PRAGMA integrity_check; SELECT count(*) FROM t WHERE text='lost'"; ls`,
      { prune: ['db'] },
    );
    expect(status).toBe(0);
    expect(out).toMatch(/3000\ndb\ndb-journal\nok\n0\ndb\n$/);
    expect(out).toMatch(/^delete\n3000\|row 00003000!?\|4501500\nok\ndb\n/);
  });

  it('sqlite commits transactions of four processes with journal_mode=wal, by shared mmap', async () => {
    const { status, out } = await stage.compareScript(
      `sqlite3 db <<< "${SQL('wal')}" && ls
      # Several at once, each of which sees what the others have written.
      for n in 1 2 3 4; do sqlite3 -cmd '.timeout 60000' db "
        INSERT INTO t(text) SELECT 'from $n' FROM t LIMIT 100;
        SELECT count(*) FROM t WHERE text='from $n'" & done; wait
      sqlite3 db "SELECT text, count(*) FROM t WHERE text LIKE 'from%' GROUP BY text;
        PRAGMA integrity_check;
        PRAGMA journal_mode=delete"; ls`,
      { prune: ['db'] },
    );
    expect(status).toBe(0);
    expect(out).toMatch(/^wal\n3000\|/);
    expect(out).toMatch(/from 1\|100\nfrom 2\|100\nfrom 3\|100\nfrom 4\|100\nok\ndelete\ndb\n$/);
  });

  it('a UNIX socket is bound, connected to, and removed', () =>
    stage.compareScript(`"$NODE" "$CLIENTS/socket.mjs"; stat -c %F socket; rm -f socket; ls`));

  it('gcc and make compile, link and run a program', async () => {
    const { status, out } = await stage.compareScript(
      `cat > main.c <<'C'
#include <stdio.h>
#include "part.h"
int main(void) { printf("%d\\n", part(20)); return 0; }
C
      echo '#include "part.h"
int part(int n) { return n + ADD; }' > part.c
      printf '#define ADD 22\\nint part(int);\\n' > part.h
      printf '%%.o: %%.c part.h\\n\\tgcc -O1 -c -o $@ $<\\n' > Makefile
      printf 'prog: main.o part.o\\n\\tgcc -o $@ $^\\n' >> Makefile
      make -s prog && ./prog && make prog
      sed -i s/22/23/ part.h; make -q prog; echo $?; make -sj2 prog && ./prog; touch main.c
      make -n prog
      gcc -shared -fPIC -o libpart.so part.c &&
        gcc -o dynamic main.c -L. -lpart -Wl,-rpath,. && ./dynamic
      ar rcs libpart.a part.o && gcc -static-libgcc -o archive main.c libpart.a && ./archive
      cp prog busy && ./busy && strip busy && ./busy; cp /bin/sleep s; ./s 600 &
      until [ "$(readlink /proc/$!/exe)" = "$PWD/s" ]; do :; done; echo x >> s; kill $!; wait $!
      chmod -x busy; ./busy`,
    );
    expect(status).toBe(126);
    expect(out).toMatch(/^42\nmake: 'prog' is up to date.\n1\n43\n/);
  });
};

// On GlusterFS's client programs run in cli/brick.more.test.ts.
describeStages(
  'programs',
  {
    kernel: [...allKinds, 'files', 'real-brick', 'own-brick', 'distribute-mixed', 'tutorial'],
    'fuse-native': ['posix'],
  },
  programs,
  { later: ['posix'] },
);
