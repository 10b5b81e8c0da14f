/** `glossa debug --dap` on real mounts, driven by a client of the protocol. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { packageRoot } from '../../../runtime/sys/paths.ts';
import { DapClient } from '../../../test/support/dap.ts';
import {
  describeMounts,
  mountPoints,
  type Scratch,
  withScratch,
} from '../../../test/support/mount.ts';

const soon = (check: () => void) => vi.waitFor(check, { timeout: 60_000 });
const NEGATIVE = join(packageRoot, 'examples/negative/negative.py');
const PYTHON = join(packageRoot, 'volfiles/python-negative.vol');
const source = readFileSync(NEGATIVE, 'utf8').split('\n');
/** The first line that has this text. */
const lineOf = (text: string): number => source.findIndex((line) => line.includes(text)) + 1;

/** A session in a folder of its own, which leaves nothing behind. */
const withClient = (test: (client: DapClient, scratch: Scratch) => Promise<void>): Promise<void> =>
  withScratch(async (scratch) => {
    const client = await DapClient.start(scratch);
    try {
      await test(client, scratch);
    } finally {
      await client.stop();
    }
    await soon(() => expect(mountPoints().filter((at) => at.startsWith(scratch.path))).toEqual([]));
    await soon(() => expect(readdirSync(scratch.at('tmp'))).toEqual([]));
  });

const options = async (scratch: Scratch, ...more: string[]): Promise<string[]> => [
  `test-posix.directory=${await scratch.makeFolder('data')}`,
  ...more,
];

const memory = (scratch: Scratch): Promise<string> =>
  scratch.writeFile(
    'memory.vol',
    'volume mem\n    type storage/memory\nend-volume\n\nvolume top\n    type features/negative\n    subvolumes mem\nend-volume\n',
  );

describeMounts('glossa debug --dap', () => {
  it('shows how a module caches an absent name and then replies without the storage', () =>
    withClient(async (client, scratch) => {
      const launch = {
        volfile: PYTHON,
        options: await options(scratch, 'test-negative.isolation=thread'),
        command: ['sh', '-c', 'test -e fubar; test -e fubar; echo done'],
      };
      const [remembers, hit] = [lineOf('self.absent[key] ='), lineOf('return frame.fail(ENOENT')];
      await client.run(launch, async () => {
        expect(
          await client.setBreakpointsByName('lookup_cbk@test-negative path /fubar'),
        ).toMatchObject([{ verified: true }]);
        expect(await client.setLineBreakpoints(NEGATIVE, remembers, hit)).toMatchObject([
          { verified: true, line: remembers },
          { verified: true, line: hit },
        ]);
      });

      // The reply of the storage, before the module has it.
      const reply = await client.awaitStop();
      expect(reply.reason).toBe('function breakpoint');
      expect(reply.frames[0]).toMatchObject({
        name: 'lookup_cbk@test-negative /fubar',
        line: lineOf('def lookup_cbk'),
        source: { path: NEGATIVE },
      });
      expect(reply.frames.map(({ name }) => name.split(' ')[0])).toContain('lookup@test');
      const [frame] = reply.frames;
      expect(await client.readVariables(await client.findScope(frame!.id, 'reply'))).toEqual({
        op_ret: '-1',
        op_errno: expect.stringContaining('ENOENT'),
        ...{
          inode: 'null',
          buf: 'null',
          xdata: expect.any(String),
          postparent: expect.stringContaining('IA_IFDIR'),
        },
      });
      const { threads } = (await client.threadsRequest()).body;
      expect(threads).toEqual([
        {
          id: reply.threadId,
          name: expect.stringMatching(/^lookup \/fubar \(request \d+, pid \d+\)$/),
        },
      ]);
      await client.continueRequest({ threadId: reply.threadId });

      // The module remembers the name.
      const line = await client.awaitStop();
      expect(line.reason).toBe('breakpoint');
      expect(line.threadId).toBe(reply.threadId);
      expect(line.frames.slice(0, 3).map(({ name, line: at }) => [name, at])).toEqual([
        ['xlator.remember', remembers],
        ['xlator.lookup_cbk', lineOf('self.remember(key)')],
        ['lookup@test-negative /fubar', lineOf('def lookup(')],
      ]);
      const locals = await client.readVariables(
        await client.findScope(line.frames[0]!.id, 'Locals'),
      );
      expect(locals.key).toBe("('00000000-0000-0000-0000-000000000001', 'fubar')");
      expect(await client.print('len(self.absent)', line.frames[0]!.id)).toBe('0');
      await client.nextRequest({ threadId: line.threadId });
      const stepped = await client.awaitStop();
      expect([stepped.reason, stepped.frames[0]!.line]).toEqual(['step', remembers + 1]);
      expect(await client.print('len(self.absent)', stepped.frames[0]!.id)).toBe('1');
      await client.continueRequest({ threadId: stepped.threadId });

      // Asked for again, it answers itself.
      const again = await client.awaitStop();
      expect(again.frames[0]).toMatchObject({ name: 'xlator.lookup', line: hit });
      const { id } = again.frames[0]!;
      expect(await client.print('(loc.path, loc.name, is_hit)', id)).toBe(
        "('/fubar', 'fubar', True)",
      );
      expect(await client.print('loc.pargfid', id)).toMatch(/^'0{8}-.*-0{11}1'$/);
      expect(await client.print('loc.gfid', id)).toMatch(/^'[0-]+'$/);
      await client.continueRequest({ threadId: again.threadId });
      expect(await client.nextEvent('exited')).toEqual({ exitCode: 0 });
      await client.nextEvent('terminated');
      expect(client.readOutput('stdout')).toBe('done\n');
    }));

  it('changes the errno of a reply, and the running command gets the new error', () =>
    withClient(async (client, scratch) => {
      const volfile = await memory(scratch);
      const command = ['sh', '-c', 'LC_ALL=C cat gone || true'];
      await client.run({ volfile, command }, async () => {
        await client.setExceptionBreakpointsRequest({
          filters: [],
          filterOptions: [{ filterId: 'errno', condition: 'ENOENT' }],
        });
      });
      const at = await client.awaitStop();
      expect(at.reason).toBe('exception');
      const reply = await client.findScope(at.frames[0]!.id, 'reply');
      const set = (name: string, value: string) =>
        client.setVariableRequest({ variablesReference: reply, name, value });
      await expect(set('op_errno', 'ENOSUCH')).rejects.toThrow("there is no errno 'ENOSUCH'");
      expect((await set('op_errno', 'EACCES')).body.value).toContain('EACCES');
      expect(await client.print('op_errno', at.frames[0]!.id)).toContain('EACCES');
      await client.setExceptionBreakpointsRequest({ filters: [] });
      await client.continueRequest({ threadId: at.threadId });
      await client.nextEvent('exited');
      expect(client.readOutput('stderr')).toContain('Permission denied');
    }));

  it('steps with a request through the volumes, down and up again', () =>
    withClient(async (client, scratch) => {
      const volfile = await memory(scratch);
      await client.run({ volfile, command: ['test', '-e', 'gone'] }, async () => {
        // A line of a volfile is its volume.
        expect(await client.setLineBreakpoints(volfile, 6, 4)).toMatchObject([
          { verified: true, line: 5 },
          { verified: false, message: 'this line belongs to no volume' },
        ]);
        expect(await client.setLineBreakpoints('/other.vol', 1)).toMatchObject([
          { verified: false },
        ]);
      });
      let at = await client.awaitStop();
      const seen: string[] = [];
      while (!at.frames[0]!.name.includes('/gone')) {
        await client.continueRequest({ threadId: at.threadId });
        at = await client.awaitStop();
      }
      await client.setLineBreakpoints(volfile);
      for (const step of ['stepIn', 'stepIn', 'stepIn'] as const) {
        seen.push(at.frames[0]!.name);
        await client[`${step}Request`]({ threadId: at.threadId });
        if (seen.length < 3) at = await client.awaitStop();
      }
      expect(seen).toEqual(['lookup@top /gone', 'lookup@mem /gone', 'lookup_cbk@top /gone']);
      const up = await client.awaitStop();
      expect(up.frames[0]!.source).toBeUndefined();
      await expect(client.continueRequest({ threadId: 999_999 })).rejects.toThrow('is over');
      await client.continueRequest({ threadId: up.threadId });
      expect(await client.nextEvent('exited')).toEqual({ exitCode: 1 });
    }));

  it('stops JavaScript modules at methods, and names the option that Python needs to stop at lines', () =>
    withClient(async (client, scratch) => {
      const script = await scratch.writeFile(
        'm.js',
        "import { Translator } from 'glossa';\nexport class xlator extends Translator {\n  lookup(frame, loc, xdata) {\n    frame.wind(loc, xdata);\n  }\n  lookupCbk(frame, ...reply) {\n    frame.unwind(...reply);\n  }\n}\n",
      );
      const python = await scratch.writeFile(
        'p.py',
        'from glupy import Translator\n\n\nclass xlator(Translator):\n    def lookup(self, frame, loc, xdata):\n        frame.wind()\n',
      );
      const volfile = await scratch.writeFile(
        'scripts.vol',
        'volume mem\n    type storage/memory\nend-volume\nvolume p\n    type features/glupy\n    option module-name p.py\n    subvolumes mem\nend-volume\nvolume j\n    type features/glupy\n    option module-name m.js\n    subvolumes p\nend-volume\n',
      );
      await client.run({ volfile, command: ['test', '-e', 'gone'] }, async () => {
        expect(await client.setLineBreakpoints(script, 7)).toMatchObject([
          { verified: true, line: 6 },
        ]);
        expect(await client.setLineBreakpoints(python, 6)).toMatchObject([
          {
            verified: false,
            message: "volume 'p' stops at lines only with option isolation thread",
          },
        ]);
        expect(await client.setLineBreakpoints('/elsewhere.py', 1)).toMatchObject([
          { verified: false, message: 'no volume of this graph has that file' },
        ]);
        expect(await client.setBreakpointsByName('lookup@k', 'lokup')).toMatchObject([
          { verified: false, message: expect.stringContaining("there is no volume 'k'") },
          { verified: false, message: expect.stringContaining("there is no fop 'lokup'") },
        ]);
      });
      const at = await client.awaitStop();
      expect(at.frames[0]).toMatchObject({
        name: expect.stringMatching(/^lookup_cbk@j /),
        line: 6,
        source: { path: script },
      });
      await client.setLineBreakpoints(script);
      await client.continueRequest({ threadId: at.threadId });
      await client.nextEvent('exited');
    }));

  it('resumes held requests when the client disconnects or dies', () =>
    withScratch(async (scratch) => {
      for (const leaves of ['disconnects', 'is gone'] as const) {
        const client = await DapClient.start(scratch);
        const volfile = await memory(scratch);
        await client.run(
          { volfile, command: ['sh', '-c', 'test -e gone; sleep 600'] },
          async () => {
            await client.setBreakpointsByName('lookup@top');
          },
        );
        await client.awaitStop();
        if (leaves === 'disconnects') await client.disconnectRequest();
        else client.dropConnection();
        await soon(() =>
          expect(mountPoints().filter((p) => p.startsWith(scratch.path))).toEqual([]),
        );
        await soon(() => expect(readdirSync(scratch.at('tmp'))).toEqual([]));
        client.dropConnection();
      }
    }));

  it('answers a wrong request with an error and continues', () =>
    withClient(async (client, scratch) => {
      const volfile = await memory(scratch);
      const wrong: [string, object, RegExp][] = [
        ['launch', {}, /needs a volfile/],
        ['launch', { volfile: scratch.path }, /is a folder/],
        ['launch', { volfile, command: 'ls' }, /"command" is a list of texts/],
        ['launch', { volfile, mountpoint: 3 }, /"mountpoint" is a text/],
        ['attach', {}, /launch one/],
        ['stackTrace', { threadId: 1 }, /nothing was launched|is over/],
        ['configurationDone', {}, /nothing was launched/],
        ['evaluate', { expression: 'x' }, /nothing was launched/],
        ['noSuch', {}, /there is no request 'noSuch'/],
      ];
      for (const [command, args, why] of wrong) {
        await expect(client.customRequest(command, args), command).rejects.toThrow(why);
      }
      expect((await client.threadsRequest()).body.threads).toEqual([]);
      await client.run({ volfile, command: ['true'] });
      expect(await client.nextEvent('exited')).toEqual({ exitCode: 0 });
    }));

  it('fails a launch whose graph does not start, with the errors of its volumes', () =>
    withClient(async (client, scratch) => {
      const volfile = await scratch.writeFile(
        'bad.vol',
        'volume a\n    type storage/posx\nend-volume\n',
      );
      await expect(client.launchRequest({ volfile } as never)).rejects.toThrow(/did not start/);
      expect(client.readOutput('stderr')).toContain("unknown type 'storage/posx'");
    }));
});
