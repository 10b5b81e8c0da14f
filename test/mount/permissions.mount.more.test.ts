/** Permissions of users other than the mount's owner, and the owner of their new files. */
import { describe, it } from 'vitest';
import { type Caller, NOBODY, OTHER } from '../support/client.ts';
import { allKinds, distributeKinds, foreignKinds } from '../support/stacks.ts';
import { describeStages, type Stage } from '../support/stage.ts';

/** Root prepares the files; other users request them. */
const PREPARED = `
mkdir open closed listed searched shared sticky setgid theirs
chmod 777 open; chmod 700 closed; chmod 744 listed; chmod 711 searched; chmod 1777 sticky
chmod 2775 setgid; chgrp 777 setgid; chown 65534:65534 theirs; chmod 770 shared; chgrp 888 shared
for d in . closed listed searched; do
  echo secret > $d/none; echo public > $d/read; echo > $d/write; echo group > $d/group
  cp /bin/true $d/run
  chmod 600 $d/none; chmod 644 $d/read; chmod 622 $d/write; chgrp 777 $d/group; chmod 640 $d/group
  chmod 711 $d/run
done
echo root > sticky/root; chmod 666 sticky/root; echo their > theirs/own
chown 65534:65534 theirs/own
cp /bin/true suid; chmod 6777 suid; ln -s none link; chmod 777 .
`;

const groups: Caller = { ...NOBODY, groups: [777, 888] };

/** The commands of a user after root has prepared the directory; root examines the result. */
const cases: readonly (readonly [string, Caller, string])[] = [
  [
    'modes refuse access with EACCES',
    NOBODY,
    `for d in . closed listed searched; do for f in none read write group run missing; do
      cat $d/$f; echo x >> $d/$f; stat -c %s $d/$f; $d/$f; rm -f $d/$f; ls -d $d/$f
      chmod 777 $d/$f; touch -d @1 $d/$f
    done; ls $d | wc -l; touch $d/new; mkdir $d/newdir; done; cat link; truncate -s 0 read
    ls listed`,
  ],
  [
    'supplementary groups grant access',
    groups,
    `cat group closed/group searched/group; echo x >> group; touch setgid/f shared/f
      ls -ln --time-style=+ setgid shared | grep -v ^total
    chgrp 777 shared/f; chgrp 888 setgid/f; chgrp 999 shared/f; stat -c '%g' shared/f setgid/f`,
  ],
  [
    'new files belong to their creator, with the umask applied',
    NOBODY,
    `cd open; echo x > f; mkdir d; mkfifo p; ln -s f l; ln f h; mknod c c 1 3; touch g; mv g i
      stat -c '%n %u:%g %a' *
    umask 077; touch a; mkdir b; umask 0; touch c; mkdir e; mkfifo q; umask 027; touch r; mkdir s
    stat -c '%n %a' a b c e q r s
    dd if=/dev/zero of=big bs=100k count=3 status=none; rm -r d; rmdir b; ls -A | wc -l`,
  ],
  [
    'new files in a setgid directory get its group',
    groups,
    `cd setgid; touch f; mkdir d; mkdir -p d/e; touch d/e/g; mkdir -m 700 p; umask 002; mkdir u
      ln -s f l
    stat -c '%n %u:%g %a' f d d/e d/e/g p u l; chmod g+s f; chmod g-s d; mkdir d/n
    stat -c '%n %g %a' f d d/n`,
  ],
  [
    'a sticky directory protects files of other users',
    NOBODY,
    `cd sticky; rm -f root; mv root away; echo more >> root; touch own; mv own root; rm own
      ln root hard; ls -A; cat root
    mkdir d; rmdir d; mv ../theirs/own in; mv in ../theirs/out; ls ../theirs`,
  ],
  [
    'only owners change modes, times and xattrs',
    NOBODY,
    `cd theirs; chmod 400 own; echo x > own; touch -d @1 own; stat -c '%a %Y' own; chown 0 own
      chgrp 777 own; chown 65534 own
    chmod 4755 own; stat -c %a own; touch -d @1 ../read; chmod 777 ../read; touch ../write
    touch -d @5 ../write; truncate -s 1 ../none
    setfattr -n user.x -v 1 own; setfattr -n user.x -v 1 ../read; setfattr -n user.x -v 1 ../write
    getfattr -n user.x ../none
    getfattr -h -d -m - own; setfattr -n trusted.x -v 1 own`,
  ],
  [
    'set-user-id is cleared by a write or chgrp of another user',
    NOBODY,
    `stat -c %a suid; echo >> suid; stat -c %a suid; cd theirs; cp ../suid own2; chmod 6755 own2
      stat -c %a own2
    chgrp 65534 own2; stat -c %a own2; truncate -s 10 own2; stat -c %a own2`,
  ],
  [
    'removal and rename need permission for the directory, not the file',
    OTHER,
    `mv none open/; rm -f read; cat none; mkdir open/mine; rmdir theirs; mv theirs open
      mv closed/none x; rm -rf closed; ls
    cd open; rm -f none; chown 1234 none`,
  ],
];

const LOOK = `
for d in . */; do stat -c '%n %u:%g %a' $d; done
ls -lnA --time-style=+ sticky setgid open theirs | grep -v ^total
`;

/** Runs a script as the caller, in the directory that root has prepared. */
const step = ({ uid, gid, groups: list = [] }: Caller, script: string): string => {
  const own = list.length === 0 ? '--clear-groups' : `--groups=${list.join(',')}`;
  const quoted = script.replaceAll("'", "'\\''");
  const become = `setpriv --reuid=${uid} --regid=${gid} ${own}`;
  return `${PREPARED}\n${become} bash -c 'umask 022; ${quoted}'\n${LOOK}`;
};

const isRoot = process.getuid?.() === 0;

describe.runIf(isRoot)('access by other users', () => {
  const where = {
    kernel: [...allKinds, ...foreignKinds, ...distributeKinds],
    'fuse-native': ['posix'],
  } as const;
  const tries = (stage: Stage): void => {
    it.each(cases)('%s', async (_, caller, script) => {
      await stage.compareScript(step(caller, script));
    });

    it('root may read, write and change files of every mode and owner', () =>
      stage.compareScript(`${PREPARED} cat */none; chmod 000 closed none; cat none closed/none
        echo x >> none; touch closed/f
        chown 5:6 suid; stat -c '%a %u' suid; rm -r sticky; mkdir -m 1700 m
        install -o 9 -g 9 read owned; stat -c "%u %g" owned`));
  };
  describeStages('permissions', where, tries, { later: ['posix', 'real-client'] });
});
