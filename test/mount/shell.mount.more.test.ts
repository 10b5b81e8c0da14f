/** Shell commands on files, compared between a mount and a bare directory. */
import { it } from 'vitest';
import { allKinds, distributeKinds, foreignKinds } from '../support/stacks.ts';
import { describeStages, type Stage } from '../support/stage.ts';

/** A directory with every kind of entry. */
const RICH = `
mkdir -p tree/sub/deep tree/empty
printf 'first\\nsecond\\nthird\\n' > tree/text
head -c 300000 /dev/zero | tr '\\0' x > tree/sub/large
: > tree/sub/nothing
ln tree/text tree/sub/hard
ln -s ../text tree/sub/soft
ln -s nowhere tree/broken
mkfifo tree/pipe
chmod 640 tree/text
chmod 4711 tree/sub/large
chmod 1777 tree/empty
touch -d '2001-02-03 04:05:06.123456789' tree/text tree/sub/large tree/sub/nothing tree/pipe
touch -h -d '1999-12-31 23:59:59.000000001' tree/sub/soft tree/broken
touch -d '1980-01-01 00:00:00.5' tree/sub/deep tree/sub tree/empty tree
`;

const scripts: Readonly<Record<string, string>> = {
  'ls -la': `${RICH} ls -laR --time-style=+ . | grep -v ^total
    ls -l --full-time tree tree/sub | grep -v ^total; ls -i tree | wc -l`,
  'ls of missing files': 'ls missing; cat missing/file; cd missing; ls -la . | wc -l',
  stat: `${RICH} stat -c '%n %A %a %F %h %s %u %g %t:%T %y %N' tree/* tree/sub/*
    stat -c '%n %x' tree/text; [ tree/text -ef tree/sub/hard ] && echo the same`,
  'cp -a': `${RICH} cp -a tree copy; diff -r --no-dereference tree/sub copy/sub && echo equal
    cp -a copy/. again; cp -al tree links; stat -c %h tree/text`,
  'cp over a file and into a directory': `echo long text > a; echo b > b; cp b a; cat a
    mkdir d; cp a b d; cp -n a d/b; cp -u b d/a; cat d/*; cp -rT d e; ls e; cp a missing/x`,
  mv: `${RICH} mv tree/text tree/sub/deep/; mv tree/sub moved; mv moved/nothing moved/large
    mv -n tree/broken moved/large; mkdir full; touch full/f; mv -T full tree/empty
    mv tree/empty/f .; mv missing x; mv tree tree/empty; ls -R`,
  'mv of a directory over a non-empty one': 'mkdir -p a/x b/x; mv -T a b; rmdir b; ls -R',
  'mv from another file system': `rm -rf /dev/shm/glossa-$$; mkdir /dev/shm/glossa-$$
    echo data > /dev/shm/glossa-$$/f; touch -d @1 /dev/shm/glossa-$$/f
    mv /dev/shm/glossa-$$ here; cat here/f; stat -c %Y here/f`,
  'rm -r': `${RICH} rm -r tree/sub; rm tree; rm -d tree/empty; rmdir tree; rm missing; rm -f missing
    rm -r tree; ls -la --time-style=+ | grep -v ^total`,
  find: `${RICH} find . -depth -printf '%p %y %m %n %l\\n' | sort; find . -newer tree/text | sort
    find . -name 's*' -o -type p | sort; find . -samefile tree/text | sort; find . -xtype l
    find . -type f -size +100k; find . -empty | sort; find . -type f -exec wc -c {} + | sort`,
  'grep -r': `${RICH} rm tree/pipe; grep -rn second . | sort; grep -rc x tree | sort
    grep -rL first tree | sort; grep -rl nothing-like-it . || echo none`,
  'ln and ln -s': `echo a > a; ln a b; ln -s a c; ln -s missing d; ln -sf b c; ln a b
    ln a missing/x
    ln . dir; echo more >> b; cat a; stat -c '%n %h' a b c d; rm a; cat b; readlink c; cat d
    ln -P c e; readlink e; ln -L c f; cat f; ln -s $(printf '%04095d' 1) long; readlink long | wc -c
    ln -s $(printf '%04096d' 1) longer`,
  readlink: `mkdir -p a/b; ln -s a/b x; ln -s x/../b/./c y; ln -s /etc z; readlink x y z missing
    readlink -f x; readlink -m y; cd x; pwd -P; ln -s loop2 loop1; ln -s loop1 loop2; cat loop1`,
  chmod: `touch f; mkdir d; for m in 0 7 70 700 1000 2000 4000 7777 644; do
      chmod $m f; stat -c %a f; chmod $m d; stat -c %a d; done
    chmod u+x,g-r,o=w f; stat -c %A f; ln -s f l; chmod 600 l; stat -c '%a %F' f l`,
  chown: `touch f; ln -s f l; mkdir d; chmod 6755 f; chown 12:34 f d; stat -c '%u %g %a' f d
    chown 56 f; chown :78 f; stat -c '%u %g' f; chown -h 1:2 l; stat -c '%u %g' f l
    chown 4294967294:4294967294 f; stat -c '%u %g' f; chown -R 3:4 .; stat -c '%u %g' . f d`,
  'touch -d': `for t in 1970-01-01 2038-01-19T03:14:08.999999999 1969-12-31T23:59:59.25 \\
      2400-02-29 \\
      2001-09-09T01:46:40.000000001; do touch -d $t f; stat -c '%y %x' f; done
    touch -a -d @5 f; touch -m -d @6.5 f; stat -c '%x %y' f; touch -r f g; stat -c %y g
    touch -c missing; ls missing; mkdir d; touch -d @7 d; stat -c %Y d; touch d/x; touch f`,
  'du and df': `mkdir d; for n in 1 5000 100000
    do seq 20000 | head -c $n | dd of=d/$n conv=fsync status=none
    done; truncate -s 20M d/sparse; du -a --apparent-size d | sort; du -ab d/1 d/5000
    ln d/1 d/same; du -b d/1 d/same; df . | wc -l; df -i . | wc -l; stat -f -c '%S %l' .`,
  'dd, head and tail': `dd if=/dev/zero of=f bs=64k count=20 status=none
    dd if=/dev/zero of=r bs=1 count=999 status=none
    echo mark | dd of=f bs=1 seek=1000000 conv=notrunc status=none
    dd if=f bs=1 skip=1000000 count=5 status=none
    seq 10000 > s; head -n 3 s; tail -n 3 s; tail -c 8 s; head -c -48880 s; tail -n +9999 s
    dd if=s of=s2 bs=7 conv=sync,fsync status=none; tail -c 4 s2 | od -c; cmp s s2; rm r
    dd if=s of=direct bs=4096 oflag=direct status=none
    dd if=direct iflag=direct bs=4096 status=none | cmp - s
    dd if=s of=s oflag=append conv=notrunc status=none bs=100 count=1; wc s`,
  'tee -a': `echo one | tee a b; echo two | tee -a a b; cat a b; for i in 1 2 3; do
      seq 500 | tee -a c >/dev/null & done; wait; sort -n c | uniq -c | awk '{print $1}' | sort -u
      wc -l < c; sort -n -o c c`,
  'mkfifo and mknod': `mkfifo p; mkfifo -m 600 q; seq 3 > p & cat p; wait; stat -c '%F %a' p q
    mknod c c 1 3; mknod b b 7 200; mknod c2 c 4095 1048575; mknod p2 p
    stat -c '%n %F %t:%T' c b c2 p2
    mkfifo p; ls | wc -l`,
  truncate: `echo text > f; truncate -s 2 f; od -c f; truncate -s 6 f; od -c f; truncate -s +10 f
    wc -c < f
    truncate -s 0 f; stat -c %s f; truncate -s 1M g; stat -c %s g; truncate -s -1 f; : > g
    wc -c < g
    mkdir d; truncate -s 1 d; echo abc > h; truncate -r h g; od -c g`,
  fallocate: `fallocate -l 100000 f; stat -c %s f; fallocate -n -l 200000 f; stat -c %s f
    seq 3000 > g
    fallocate -p -o 4096 -l 4096 g; wc -c < g; tr -d '\\0' < g | md5sum
    fallocate -z -o 0 -l 4096 g; md5sum < g
    fallocate -o 20000 -l 10 g; stat -c %s g`,
  'redirections and pipes': `set -C; echo a > f; echo b > f; set +C; echo c >| f; cat < f
    echo d >> f; cat f f
    exec 3<> f; read line <&3; echo $line; echo x >&3; exec 3>&-; cat f; cat > g <<< here; cat g
    mkdir d; echo > d; cat d; echo > missing/f; wc < f`,
  'sort, sed -i, split and cat': `seq 2000 | shuf --random-source=/dev/zero > f; sort -n -o f f
    sed -i s/^1$/one/ f
    head -1 f; split -l 700 f part.; wc -l part.*; cat part.* | cmp - f && rm part.*; cp f g
    sed -i.old /2/d g; wc -l g*`,
  'mkdir -p and rmdir -p': `mkdir -p a/b/c/d/e; mkdir a; mkdir -m 700 f; rmdir -p a/b/c/d/e; ls
    mkdir x/y
    touch file; mkdir file/x; rmdir file; rmdir .; mkdir -p f; rmdir f/`,
  install: `echo x > src; install -D -m 751 -o 5 -g 6 src deep/er/dst
    stat -c '%a %u %g' deep/er/dst
    install -d -m 700 p/q; stat -c %a p p/q; install -p src kept; cmp src kept`,
  'the same inode number by every name': `touch a; ln a b; mkdir d
    [ $(stat -c %i a) = $(stat -c %i b) ] && echo 1
    [ $(stat -c %i a) = $(ls -i a | cut -d' ' -f1) ] && echo 2; i=$(stat -c %i d); mv d e
    [ $(stat -c %i e) = $i ] && echo 3; [ $(stat -c %i e/.) = $i ] && echo 4
    [ $(ls -id e | cut -d' ' -f1) = $i ] && echo 5; find . -inum $i`,
};

const inShell = (stage: Stage): void => {
  it.each(Object.entries(scripts))(
    '%s has the same result as in a bare directory',
    async (_, script) => {
      await stage.compareScript(script);
    },
  );
};

describeStages(
  'a shell command',
  {
    kernel: [...allKinds, 'files', ...foreignKinds, ...distributeKinds, 'tutorial'],
    user: ['python'],
    'fuse-native': ['posix'],
  },
  inShell,
  {
    later: ['posix'],
  },
);

// Elsewhere the kernel caches nothing of this front end. Here it caches as in practice, and
// programs must see their own changes at once.
describeStages(
  'a mount of fuse-native with caches of one second',
  { 'fuse-native': ['posix'] },
  (stage) => {
    it('shows creations, writes, renames and removals at once', () =>
      stage.compareScript(`cat f; echo one > f; cat f; echo two >> f; cat f; wc -c f; ls
        : > f; wc -c f; truncate -s 5 f; stat -c %s f; chmod 640 f; stat -c %a f
        mv f g; cat f; stat -c '%s %a' g; ls; mkdir d; mv g d/; ls d; cat g; [ -s d/g ] && echo there
        rm d/g; cat d/g; ls d; rmdir d; ls; echo anew > d; cat d; ln -s d l; cat l; readlink l; rm d
        cat l; for i in $(seq 30); do echo $i > n; [ "$(cat n)" = $i ] || echo old; done; rm n l`));
  },
  { args: ['--attribute-timeout', '1', '--entry-timeout', '1'] },
);
