/** Two programs that wait for each other through a file of a mount, by its extended attributes. */
import { expect, it, vi } from 'vitest';
import { Client } from '../../../../test/support/client.ts';
import {
  describeMounts,
  runGlossa,
  type Scratch,
  startMount,
  withScratch,
} from '../../../../test/support/mount.ts';

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

/** Waits until the statedump of `mnt` shows this number of watchers, of one file or none. */
const waitForWatchers = (scratch: Scratch, count: number): Promise<void> =>
  vi.waitFor(
    async () => {
      const { out } = await runGlossa(scratch, ['statedump', 'mnt']);
      expect(out).toMatch(new RegExp(`^files=${Math.min(count, 1)}\nwatchers=${count}$`, 'm'));
    },
    { timeout: 60_000, interval: 500 },
  );

/** Milliseconds for a test that starts the program many times. */
const PATIENCE_MS = 120_000;

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

  it(
    'keeps nothing of a program that is killed while it waits',
    () =>
      withScratch(async (scratch) => {
        const mount = await startMount(scratch, volfile(await scratch.makeFolder('brick')));
        const script = `${FUNCTIONS} echo content > file; c=$(cursor); echo ready
        exec getfattr --only-values -n "user.glossa.watch.$c" file`;
        const client = new Client(mount.path, script);
        await client.waitForOutput(/ready/);
        await waitForWatchers(scratch, 1);
        client.kill();
        await client.outcome;
        await waitForWatchers(scratch, 0);
        expect(await mount.stop()).toBe(0);
      }),
    PATIENCE_MS,
  );

  it(
    'lets a program wait on after a reload of a changed volfile',
    () =>
      withScratch(async (scratch) => {
        const text = volfile(await scratch.makeFolder('brick'));
        const mount = await startMount(scratch, text);
        // Reads replies until one has an event.
        const script = `${FUNCTIONS} echo content > file; c=$(cursor); echo ready
        while r=$(read_reply "user.glossa.watch.$c"); do
          echo "$r"; case $r in *'"events":[]'*) ;; *) exit;; esac
        done`;
        const waiting = new Client(mount.path, script);
        await waiting.waitForOutput(/ready/);
        await waitForWatchers(scratch, 1);
        await scratch.writeFile(
          'mnt.vol',
          text
            .replace(
              'volume watch',
              `volume sizes\n  type debug/io-stats\n  subvolumes locks\nend-volume\nvolume watch`,
            )
            .replace(
              'type features/watch\n  subvolumes locks',
              'type features/watch\n  subvolumes sizes',
            ),
        );
        expect(await runGlossa(scratch, ['reload', 'mnt'])).toMatchObject({ status: 0 });
        await waiting.waitForOutput(/"events":\[\]/);
        const sending = new Client(mount.path, 'setfattr -n user.glossa.notify -v hello file');
        expect(await sending.outcome).toMatchObject({ status: 0 });
        expect((await waiting.outcome).out).toMatch(
          /"kind":"notice","seq":1,"pid":\d+,"text":"hello"/,
        );
        // The old graph ends after the reply.
        await vi.waitFor(() => expect(mount.log()).toContain('idle, and gone: watch'), 30_000);
        expect(await mount.stop()).toBe(0);
      }),
    PATIENCE_MS,
  );
});
