/** Extended attributes, by setfattr and getfattr. */
import { expect, it } from 'vitest';
import { allKinds, distributeKinds, foreignKinds } from '../support/stacks.ts';
import { describeStages, type Stage } from '../support/stage.ts';

const attributes = (stage: Stage): void => {
  it('extended attributes are set, read, listed, replaced and removed', () =>
    stage.compareScript(`touch f; mkdir d; ln f h; ln -s f s; for at in f d s; do
        setfattr -n user.text -v 'some text' $at; setfattr -n user.bytes -v 0x00ff007f80 $at
        setfattr -n user.empty $at
        getfattr -d -e hex $at | sort; setfattr -n user.text -v other $at
        getfattr --only-values -n user.text $at; echo
        setfattr -x user.bytes $at; setfattr -x user.bytes $at; getfattr -n user.none $at
        getfattr -d $at | sort
      done; getfattr -d h | wc -l; mv f g; getfattr -d g | wc -l; cp -a g copy
      getfattr -d copy | wc -l; cp g plain; getfattr -d plain`));

  it('extended attributes of every file type and namespace are accepted or refused as on a disk', () =>
    stage.compareScript(`touch f; mkfifo p; mknod c c 1 3; ln -s missing s; for at in f p c s
      do for space in user trusted security other system; do
        setfattr -h -n $space.x -v 1 $at; getfattr -h --only-values -n $space.x $at && echo; done
        done
      setfattr -n user. -v 1 f; setfattr -n user -v 1 f; setfattr -n '' -v 1 f`));

  it('extended attributes with the longest names and values are accepted, and longer ones refused', () =>
    stage.compareScript(`touch f; n=user.$(printf '%0250d' 1); setfattr -n $n -v long f
      getfattr --only-values -n $n f; echo
      setfattr -n \${n}2 -v longer f; setfattr -n user.big -v $(printf '%03000d' 1) f
      getfattr --only-values -n user.big f | wc -c
      setfattr -n user.huge -v $(head -c 66000 /dev/zero | tr '\\0' x) f; setfattr -x user.big f
      setfattr -x $n f
      for i in $(seq 50); do setfattr -n user.n$i -v $i f; done; getfattr -d f | grep -c user
      setfattr -n user.$'\\xff' -v $'\\xfe' f
      getfattr -d -e hex f | grep -av 'user.n' | od -c; "$NODE" -e "require('fs').statSync('f')"`));

  it('extended attributes in the trusted namespace are visible to root only', () =>
    stage.compareScript(`touch f; chmod 644 f; setfattr -n trusted.x -v 1 f; setfattr -n user.x -v 2 f
      chown 65534 f; as='setpriv --reuid=65534 --clear-groups'
      $as getfattr -d -m - f; $as getfattr -n trusted.x f; $as setfattr -n trusted.y -v 1 f
      $as setfattr -n user.y -v 1 f; getfattr -d -m user f`));

  it('extended attributes of the storage itself are invisible and protected', async () => {
    const out =
      await stage.runOk(`touch f; mkdir d; setfattr -n user.seen -v 1 f; getfattr -d -m - f d .
      for n in trusted.gfid user.glossa.gfid trusted.glusterfs.volume-id; do
        getfattr -n $n f 2>&1 | sed 's/.*: //'
        setfattr -n $n -v 0x00112233445566778899aabbccddeeff f 2>&1 | sed 's/.*: //'
        setfattr -x $n f 2>&1 | sed 's/.*: //'; done; cp -a f g; getfattr -d -m - g
        stat -c %i f g | uniq | wc -l`);
    const refused = 'No such attribute\nOperation not permitted\nOperation not permitted\n';
    expect(out).toBe(
      `# file: f\nuser.seen="1"\n\n${refused.repeat(3)}# file: g\nuser.seen="1"\n\n2\n`,
    );
  });
};

describeStages(
  'extended attributes',
  {
    kernel: [...allKinds, 'files', 'rebuilt', ...foreignKinds, ...distributeKinds],
    user: ['python'],
    'fuse-native': ['posix'],
  },
  attributes,
  { later: ['real-client'] },
);
