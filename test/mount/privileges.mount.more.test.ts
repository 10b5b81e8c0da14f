/**
 * Capabilities that files lose by changes, and special files: as in a bare directory, with and without passthrough.
 * Modes, owners and ACLs are compared in test/conformance.
 */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { NOBODY } from '../support/client.ts';
import { allKinds, ourKinds } from '../support/stacks.ts';
import { describeStages, type Stage, type StageSettings, type Where } from '../support/stage.ts';
import { selected } from '../support/test-selection.ts';

const as = `setpriv --reuid=${NOBODY.uid} --regid=${NOBODY.gid}`;
const STRANGER = `${as} --clear-groups`;
const capabilities = `chmod 777 .; cp /bin/true f; setcap cap_net_raw+ep f; getcap f
chmod 777 f; getcap f; ${STRANGER} bash -c 'echo >> f'; getcap f; setcap cap_net_raw+ep f
echo >> f; getcap f; setcap cap_net_raw+ep f; chown 1 f; getcap f; setcap cap_net_raw+ep f
truncate -s 5 f; getcap f; setcap cap_net_raw+ep f; cp -a f g; getcap g; setcap -r g; getcap g
for n in 1 2 3; do exec 9>n$n; setcap cap_net_raw+ep n$n; getcap n$n; echo >&9; getcap n$n; exec 9>&-; done`;

const missing = ['getcap', 'setpriv'].filter((tool) => spawnSync('which', [tool]).status !== 0);
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
        it('changes of a file clear its capabilities', async () =>
          void (await stage.compareScript(capabilities)));
      },
      settings,
    );
  // GlusterFS's own client leaves this to the kernel, as mounted here.
  tries({ kernel: [...allKinds, ...ourKinds], 'fuse-native': ['posix'] }, 'privileges', {
    later: ['python', 'own-brick'],
  });
  tries(['posix'], 'privileges without passthrough', { args: ['--no-passthrough'] });
});
