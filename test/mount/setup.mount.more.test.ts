/**
 * `glossa setup` on a system of its own: overlays of /usr, /etc and /var in memory, and namespaces
 * for mounts and processes that end with the test. `mount -a`, and systemd's unit for /etc/fstab,
 * stand for a boot.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { quoteWord } from '../../terminal/invocation.ts';
import {
  GLOSSA,
  glossaCommand,
  type Outcome,
  run,
  type Scratch,
  withScratch,
} from '../support/mount.ts';
import { isSkipped } from '../support/obstacle.ts';
import { isInstalled } from '../support/tools.ts';

const GENERATOR = '/usr/lib/systemd/system-generators/systemd-fstab-generator';

function obstacle(): string {
  if (process.getuid!() !== 0) return 'only root may mount over the folders of the system';
  const { status } = spawnSync('unshare', ['--mount', '--pid', '--fork', 'true']);
  return status === 0 ? '' : 'no namespaces';
}

/** The state in $AT before the script. */
const PREPARE = `
  # Mounts of other tests must not stay busy in this namespace.
  umount --all --lazy --types fuse.glossa 2>/dev/null || true
  mount -t tmpfs none "$AT"
  for folder in usr etc var; do
    mkdir "$AT/$folder" "$AT/$folder.work"
    mount -t overlay none "/$folder" \\
      -o "lowerdir=/$folder,upperdir=$AT/$folder,workdir=$AT/$folder.work"
  done
  mkdir -p "$AT/files" "$AT/mnt" /etc/glossa
  echo hello > "$AT/files/greeting"
  printf 'volume files\\n type storage/posix\\n option directory %s/files\\nend-volume\\n' "$AT" \\
    > /etc/glossa/files.vol
  glossa() { ${glossaCommand} "$@"; }
  everything() { find /usr/local /usr/sbin/mount.* /etc /var/lib /var/log/glossa -printf '%p %y %m\\n' 2>/dev/null | sort; }
`;

async function system(scratch: Scratch, script: string): Promise<Outcome> {
  const namespaces = ['--mount', '--propagation=private', '--pid', '--fork', '--kill-child'];
  const args = [...namespaces, '--mount-proc', 'bash', '-euc', PREPARE + script];
  const outcome = await run(scratch, 'unshare', args, {
    env: { AT: await scratch.makeFolder('at') },
  });
  return { ...outcome, out: outcome.out.replaceAll(scratch.at('at'), '$AT') };
}

/** Runs a script, and checks its output. */
const onSystem = (script: string, check: (out: string) => void) => () =>
  withScratch(async (scratch) => {
    const { status, out, err } = await system(scratch, script);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    check(out);
  });

const needs = (title: string, tool: string): boolean =>
  isSkipped(title, existsSync(tool) || isInstalled(tool) ? '' : `${tool} is not installed`);

describe.skipIf(isSkipped('glossa setup', obstacle()))('glossa setup', () => {
  it(
    '--undo removes exactly what it installed',
    onSystem(
      `everything > "$AT/before"; glossa setup > "$AT/said"; everything > "$AT/with"
       glossa setup > "$AT/again"; everything | diff "$AT/with" -
       # Without the manual pages, one for each command.
       grep ^writing "$AT/said" | grep -vc /man/; grep 'is there already' "$AT/again" | grep -vc /man/
       glossa setup --undo >/dev/null; everything | diff "$AT/before" - && echo as before`,
      (out) => expect(out).toBe('6\n6\nas before\n'),
    ),
  );

  it(
    'lets mount(8) mount volfiles, with the usual options and exit statuses',
    onSystem(
      `glossa setup > /dev/null; cp /bin/true "$AT/files/program"
       mount -t glossa /etc/glossa/files.vol "$AT/mnt"; cat "$AT/mnt/greeting"; "$AT/mnt/program"
       mount -t glossa /etc/glossa/files.vol "$AT/mnt" 2>/dev/null || echo "again: $?"
       umount "$AT/mnt"; mount -t glossa -o ro,noexec /etc/glossa/files.vol "$AT/mnt"
       grep -o 'fuse.glossa [^ ]*noexec' /proc/mounts
       touch "$AT/mnt/new" 2>/dev/null || echo read-only
       "$AT/mnt/program" 2>/dev/null || echo not executable
       umount "$AT/mnt"; ls "$AT/mnt"
       mount -t glossa -o zzz /etc/glossa/files.vol "$AT/mnt" 2>/dev/null || echo "unknown: $?"
       mount -t glossa /etc/glossa/absent.vol "$AT/mnt" 2>/dev/null || echo "failed: $?"`,
      (out) =>
        expect(out.split('\n')).toEqual([
          'hello',
          'again: 32',
          'fuse.glossa ro,nosuid,nodev,noexec',
          'read-only',
          'not executable',
          'unknown: 1',
          'failed: 32',
          '',
        ]),
    ),
  );

  it(
    'makes the system mount lines of /etc/fstab at boot, with an empty environment',
    onSystem(
      `glossa setup > /dev/null; mkdir "$AT/later"
       echo "/etc/glossa/files.vol $AT/mnt glossa defaults,_netdev,nofail,entry-timeout=2 0 0
       /etc/glossa/files.vol $AT/later glossa noauto 0 0" > /etc/fstab
       start() { env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin mount -a "$@"; }
       start; start -v | sed 's/ *: /: /'; cat "$AT/mnt/greeting"; echo more > "$AT/mnt/added"
       cat "$AT/files/added"; umount -a -t fuse.glossa; ls "$AT/mnt" "$AT/later"; ls "$AT/files"`,
      (out) =>
        expect(out).toBe(
          '$AT/mnt: already mounted\n$AT/later: ignored\nhello\nmore\n$AT/later:\n\n$AT/mnt:\nadded\ngreeting\n',
        ),
    ),
  );

  it(
    'lets users mount lines of /etc/fstab with the option user',
    onSystem(
      `glossa setup > /dev/null; echo 'student:x:1234:1234::/home/student:/bin/sh' >> /etc/passwd
       mkdir -m 700 "$AT/home"; chown 1234 "$AT/home" "$AT/mnt" "$AT/files"; chmod 755 "$AT" "$AT/.."
       mount -t tmpfs -o uid=1234 none /home; mkdir /home/student; chown 1234 /home/student
       mknod -m 666 "$AT/fuse" c 10 229; mount --bind "$AT/fuse" /dev/fuse
       echo "/etc/glossa/files.vol $AT/mnt glossa user,noauto 0 0" > /etc/fstab
       as_user() { setpriv --reuid=1234 --regid=1234 --clear-groups "$@"; }
       as_user mount "$AT/mnt"; as_user cat "$AT/mnt/greeting"
       grep -o 'noexec.*user_id=1234' /proc/mounts | cut -d , -f 1; as_user umount "$AT/mnt"`,
      (out) => expect(out).toBe('hello\nnoexec\n'),
    ),
  );

  it.skipIf(needs('a unit for a line of /etc/fstab', GENERATOR))(
    'lets systemd derive a working unit from a line of /etc/fstab',
    onSystem(
      `glossa setup > /dev/null; mkdir "$AT/units"
       echo "/etc/glossa/files.vol $AT/mnt glossa ro,nofail,x-systemd.automount 0 0" > /etc/fstab
       ${GENERATOR} "$AT/units" "$AT/units" "$AT/units" 2>/dev/null
       unit=$(find "$AT/units" -name '*mnt.mount' -type f); grep -E '^(What|Where|Type|Options)=' "$unit"
       value() { sed -n "s/^$1=//p" "$unit"; }
       mount "$(value What)" "$(value Where)" -t "$(value Type)" -o "$(value Options)"
       cat "$AT/mnt/greeting"; umount "$AT/mnt"`,
      (out) =>
        expect(out).toBe(
          'What=/etc/glossa/files.vol\nWhere=$AT/mnt\nType=glossa\n' +
            'Options=ro,nofail,x-systemd.automount\nhello\n',
        ),
    ),
  );

  it.skipIf(needs('a unit of its own', 'systemd-analyze'))(
    'installs a systemd unit that mounts and unmounts',
    onSystem(
      `glossa setup > /dev/null; systemd-analyze verify glossa@srv-files.service 2>&1
       mount -t tmpfs none /srv; mount -t tmpfs none /run
       mkdir -p /srv/files /run/glossa/srv-files
       mv /etc/glossa/files.vol /etc/glossa/srv-files.vol
       command_of() {
         sed -n "s/^$1=-*//p" /usr/local/lib/systemd/system/glossa@.service \\
           | sed 's,%E,/etc,g; s,%t,/run,g; s,%i,srv-files,g; s,%f,/srv/files,g'
       }
       eval "$(command_of ExecStart)" 2>/dev/null; cat /srv/files/greeting
       kill -0 "$(cat /run/glossa/srv-files/pid)" && echo serving
       eval "$(command_of ExecReload)"; eval "$(command_of ExecStop)"; ls /srv/files`,
      (out) => expect(out).toMatch(/^hello\nserving\n/),
    ),
  );

  it.skipIf(['zsh', 'fish', 'bash'].some((shell) => needs('completion that is set up', shell)))(
    'installs completions where zsh, fish and bash find them',
    onSystem(
      `glossa setup > /dev/null; ln -s ${quoteWord(GLOSSA)} /usr/local/bin/glossa; export HOME="$AT"
       zsh -fc 'autoload -Uz compinit; compinit -u -D; echo $_comps[glossa]'
       fish -c "complete -C 'glossa umo'" | cut -f 1
       bash -c '. /usr/share/bash-completion/bash_completion; _completion_loader glossa
         complete -p glossa'`,
      (out) => expect(out).toBe('_glossa\numount\ncomplete -F _glossa glossa\n'),
    ),
  );
});
