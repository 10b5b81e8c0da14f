/** Two programs that wait for each other through a file of a mount, by its extended attributes. */
import { expect, it } from 'vitest';
import { Client } from '../../../../test/support/client.ts';
import { describeMounts, startMount, withScratch } from '../../../../test/support/mount.ts';

const volfile = (directory: string): string => `volume disk
  type storage/posix
  option directory ${directory}
end-volume
volume locks
  type features/locks
  subvolumes disk
end-volume
volume watch
  type features/watch
  subvolumes locks
end-volume
`;

/** Shell functions: the present cursor of `file`, and the next event after a cursor. */
const FUNCTIONS = `
  read_reply() { getfattr --only-values -n "$1" file; }
  cursor() { read_reply user.glossa.watch | sed 's/.*"cursor":"\\([^"]*\\)".*/\\1/'; }
`;

describeMounts('features/watch in a mount', () => {
  it('lets a program wait in getfattr until another runs setfattr', () =>
    withScratch(async (scratch) => {
      const mount = await startMount(scratch, volfile(await scratch.makeFolder('brick')));
      const waiting = new Client(
        mount.path,
        `${FUNCTIONS} echo content > file; c=$(cursor); echo ready; read_reply "user.glossa.watch.$c"`,
      );
      await waiting.waitForOutput(/ready/);
      const sending = new Client(mount.path, 'setfattr -n user.glossa.notify -v hello file');
      await sending.outcome;
      expect((await waiting.outcome).out).toMatch(
        /"events":\[\{"kind":"notice","seq":1,"pid":\d+,"text":"hello"\}\]/,
      );
      expect(await mount.stop()).toBe(0);
    }));

  it('frees the request of a program that is killed while it waits', () =>
    withScratch(async (scratch) => {
      const mount = await startMount(scratch, volfile(await scratch.makeFolder('brick')));
      const script = `${FUNCTIONS} echo content > file; c=$(cursor); echo ready
        timeout -s KILL 0.3 getfattr --only-values -n "user.glossa.watch.$c" file; echo ended $?`;
      const client = new Client(mount.path, script);
      expect((await client.outcome).out).toContain('ended 137');
      expect(await mount.stop()).toBe(0);
    }));
});
