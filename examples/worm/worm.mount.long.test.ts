/** Written files, which cannot be changed, moved or removed. */
import { describe, expect, it } from 'vitest';
import { exchange, onExample } from '../../test/support/example.ts';

const EPERM = 'Operation not permitted';

onExample('worm', (example) => {
  it('a new file in a WORM mount can be written until its creator closes it', async () => {
    expect(await example.runOk('exec 3> f; echo 1 >&3; chmod 640 f; echo 2 >&3; cat f')).toBe(
      '1\n2\n',
    );
  });

  describe('a closed file', () => {
    it.each([
      'echo more >> f',
      ': > f',
      'rm -f f',
      'mv f g',
      'ln f g',
      'truncate -s 0 f',
      'chmod 600 f',
      'chown 1 f',
      'touch f',
      'touch -d 2001-01-01 f',
      'setfattr -n user.a -v c f',
      'echo new > new; mv -f new f',
      `mkdir x; ${exchange('f', 'x')}`,
      'mkdir d; mv d e',
    ])('in a WORM mount refuses the command %s', async (command) => {
      const before = await example.runOk('stat -c "%s %y %a %u %h" f; sha256sum f');
      expect(await example.runFailing(command)).toBe(EPERM);
      expect(await example.runOk('stat -c "%s %y %a %u %h" f; sha256sum f')).toBe(before);
    });
  });

  it('a WORM mount accepts new files, directories, links and copies with times and modes', async () => {
    await example.runOk('mkdir -p a/b; ln -s f a/l; rm a/l; rmdir a/b');
    await example.runOk(
      'cp -p /etc/hostname a/h; cmp a/h /etc/hostname; test ! a/h -nt /etc/hostname',
    );
    await example.runOk('tar cf - -C /etc hostname | tar xf - -C a; cmp a/hostname /etc/hostname');
  });

  it('closed files in a WORM mount stay protected after a restart', async () => {
    await example.restart();
    expect(await example.runFailing('rm -f f')).toBe(EPERM);
    expect(await example.runFailing('echo x >> f')).toBe(EPERM);
  });
});

onExample(
  'worm',
  (example) => {
    it('rsync can finish a file in several steps in a WORM mount with option grace', async () => {
      const script = 'echo 1 > .f.tmp; touch -d 2001-01-01 .f.tmp; chmod 640 .f.tmp; mv .f.tmp f';
      await example.runOk(`${script}; echo 2 >> f; ${script}; rm f`);
    });
  },
  { title: 'with a grace of an hour', options: ['worm.grace=1h'] },
);
