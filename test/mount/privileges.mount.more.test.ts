/**
 * Privileges that files lose by changes, access by ACLs, and modes of new files by umask and
 * default ACLs: as in a bare directory, with and without passthrough.
 */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { NOBODY } from '../support/client.ts';
import { allKinds, ourKinds } from '../support/stacks.ts';
import { describeStages, type Stage, type StageSettings, type Where } from '../support/stage.ts';
import { selected } from '../support/test-selection.ts';

const as = `setpriv --reuid=${NOBODY.uid} --regid=${NOBODY.gid}`;
const STRANGER = `${as} --clear-groups`;
const MEMBER = `${as} --groups=777`;

/** Every change, by a stranger, by a member of the file's group, and by root. */
const changes = `chmod 777 .
for m in 6777 2767; do
  for how in 'echo x >> f' 'echo x > f' 'truncate -s 3 f' 'truncate -s 9 f' 'fallocate -l 100 f' \\
    'dd if=/dev/zero of=f bs=1 count=1 conv=notrunc status=none' 'cp g f' 'true' 'touch -c f'; do
    for who in '${STRANGER}' '${MEMBER}' env; do
      rm -f f; echo hello > f; echo 0123456789 > g; chgrp 777 f; chmod $m f
      $who bash -c "$how"; stat -c "$m $who: $how: %a %s" f
    done
  done
done`;

const owners = `chmod 777 .
for m in 4777 2777 6777 2767 6767; do for group in 777 778; do
  rm -f f; echo > f; chown 65534:$group f; chmod $m f
  ${MEMBER} chgrp 65534 f; stat -c "$m %a %g" f; chmod $m f; ${MEMBER} chgrp 777 f; stat -c %a f
  chmod $m f; chown 0 f; stat -c '%a %u' f; chmod $m f; chown :5 f; stat -c '%a %g' f
done; done; mkdir d; chmod 6777 d; chown 65534:777 d; stat -c %a d; ${MEMBER} chgrp 65534 d
stat -c %a d`;

const masks = `for u in 0 022 027 077 0777; do umask $u; touch f$u; mkdir d$u; mkfifo p$u
  ln -s x l$u; cp /bin/true c$u; mkdir -m 1777 t$u; done; stat -c '%n %a' *`;

const acls = `umask 022; mkdir d; echo text > f; chmod 640 f; chmod 711 .
${STRANGER} cat f; setfacl -m u:65534:r f; ${STRANGER} cat f; ${STRANGER} bash -c 'echo >> f'
getfacl -n f; stat -c %a f; ls -l f | cut -c1-11; chmod 600 f; getfacl -n f; ${STRANGER} cat f
chmod 660 f; ${STRANGER} cat f; setfacl -m g:777:rw f; ${MEMBER} bash -c 'echo more >> f'; cat f
setfacl -b f; ${STRANGER} cat f; getfacl -n f; setfacl -d -m u::rwx f; chmod 2770 d; chgrp 5 d
setfacl -m u:65534:rwx d; ${STRANGER} touch d/new; ${STRANGER} ls d; stat -c '%a %u:%g' d/new
chown 65534:777 f; chmod 2770 f; ${STRANGER} setfacl -m u:3:r f; stat -c %a f
chmod 2770 f; ${MEMBER} setfacl -m u:4:r f; stat -c %a f; ${STRANGER} setfacl -m u:3:r d
getfattr -d -m - --absolute-names f d; cp -p f copy; getfacl -n copy; mv f moved; getfacl -n moved`;

const defaults = `mkdir d; setfacl -d -m u::rwx,u:65534:rw,g::rx,o::rx,m::rwx d; getfacl -n d
umask 077; cd d; touch f; mkdir s; mkfifo p; ln -s x l; mkdir -m 700 o; mkdir s/t; touch s/t/g
bash -c 'umask 777; touch none'; cp /bin/true c; install -m 4755 /bin/true i
stat -c '%n %a' f s p l o s/t s/t/g none c i; getfacl -n f s p o s/t s/t/g none c
gcc -O1 -o ../calls "$CLIENTS/calls.c" && ../calls tmpfile
setfacl -k .; touch plain; mkdir plaindir; stat -c '%n %a' plain plaindir`;

const capabilities = `chmod 777 .; cp /bin/true f; setcap cap_net_raw+ep f; getcap f
chmod 777 f; getcap f; ${STRANGER} bash -c 'echo >> f'; getcap f; setcap cap_net_raw+ep f
echo >> f; getcap f; setcap cap_net_raw+ep f; chown 1 f; getcap f; setcap cap_net_raw+ep f
truncate -s 5 f; getcap f; setcap cap_net_raw+ep f; cp -a f g; getcap g; setcap -r g; getcap g`;

const scripts = [
  ['changes of data clear set-user-id and set-group-id', changes],
  ['changes of the owner clear set-user-id and set-group-id', owners],
  ['new files get the mode reduced by the umask', masks],
  ['ACLs grant and deny access', acls],
  ['default ACLs are inherited, and replace the umask', defaults],
  ['changes of a file clear its capabilities', capabilities],
] as const;

const missing = ['setfacl', 'getcap', 'setpriv'].filter(
  (tool) => spawnSync('which', [tool]).status !== 0,
);
if (missing.length > 0) process.stderr.write(`skipped: ${missing.join(', ')} not installed\n`);

const isRoot = process.getuid?.() === 0;

const special = `umask 0; cp "$(which id)" f; chmod 4755 f; cp f g; chmod 755 g
mknod zero c 1 5; ${STRANGER} ./f -u; ${STRANGER} ./g -u; head -c 3 zero | od -c; : > zero`;

// Only as root, and so in one way.
describe.runIf(isRoot && selected.first)('special files', () => {
  describeStages(
    'on a mount with --suid and --dev',
    ['posix'],
    (stage: Stage) => {
      // A disk mounted nosuid or nodev gives the same result in its own directory.
      it('act as devices and set-user-id programs', async () =>
        void (await stage.compareScript(`chmod 755 .\n${special}`)));
    },
    { args: ['--suid', '--dev'] },
  );
  describeStages('on a mount without --suid and --dev', ['posix'], (stage: Stage) => {
    it('act as plain files', async () => {
      const { out, err } = await stage.runScript(`chmod 755 .\n${special}`);
      expect(out.split('\n')).toEqual(['65534', '65534', '0000000', '']);
      expect(err).toMatch(/zero.*Permission denied/);
    });
  });
});

// A missing tool is a failure if no test may be skipped.
const hasTools = missing.length === 0 || process.env.GLOSSA_REQUIRE_ALL === '1';

describe.runIf(isRoot && hasTools)('a mount with other users', () => {
  const tries = (where: Where, name: string, settings: StageSettings = {}): void =>
    describeStages(
      name,
      where,
      (stage: Stage) => {
        it.each(scripts)('%s', async (_, script) => void (await stage.compareScript(script)));
      },
      settings,
    );
  // GlusterFS's own client leaves this to the kernel, as mounted here.
  tries({ kernel: [...allKinds, ...ourKinds], 'fuse-native': ['posix'] }, 'privileges', {
    later: ['python', 'own-brick'],
  });
  tries(['posix'], 'privileges without passthrough', { args: ['--no-passthrough'] });
});
