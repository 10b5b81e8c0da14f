/** Two clients of a brick, of glossa and of GlusterFS, and two programs on a mount. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { WatchReply } from '../../runtime/xlators/features/watch/notices.ts';
import { Volume } from '../../server/index.ts';
import { makeFolder } from '../support/folder.ts';
import { isWithoutBricks, OurBrick, RealBrick } from '../support/gluster.ts';

const WATCH = 'user.glossa.watch';

const parse = (value: Uint8Array): WatchReply =>
  JSON.parse(new TextDecoder().decode(value)) as WatchReply;
const readCursor = async (volume: Volume): Promise<string> =>
  parse(await volume.getxattr('/file', WATCH)).cursor;
const wait = async (volume: Volume, cursor: string): Promise<WatchReply> =>
  parse(await volume.getxattr('/file', `${WATCH}.${cursor}`));
const notify = (volume: Volume, text: string): Promise<void> =>
  volume.setxattr('/file', 'user.glossa.notify', text);

/** Waits for a number of notices, and returns their texts. */
async function readTexts(volume: Volume, cursor: string, count: number): Promise<string[]> {
  const texts: string[] = [];
  for (let next = cursor; texts.length < count; ) {
    const reply = await wait(volume, next);
    texts.push(...reply.events.flatMap((event) => ('text' in event ? [event.text] : [])));
    next = reply.cursor;
  }
  return texts;
}

const upcalls = { 'cache-invalidation': 'on', 'cache-invalidation-timeout': '60' };

const brickKinds = [
  ['our brick', OurBrick],
  ['a brick of GlusterFS', RealBrick],
] as const;

describe.each(brickKinds.filter(([, kind]) => kind === OurBrick || !isWithoutBricks()))(
  'two clients of %s',
  (_name, kind) => {
    async function start(upcall?: typeof upcalls): Promise<[Volume, Volume, string]> {
      const folder = makeFolder();
      mkdirSync(join(folder, 'files'));
      const settings = { files: join(folder, 'files'), ...(upcall && { upcall }) };
      const brick =
        kind === OurBrick
          ? await OurBrick.serve(folder, settings.files, settings)
          : await RealBrick.start(folder, settings);
      onTestFinished(async () => void (await brick.end()));
      const volfile = `${brick.volfile}volume watch\n type features/watch\n subvolumes utime\nend-volume\n`;
      const log = join(folder, 'client.log');
      const clients = [
        await Volume.open({ volfile }, { log, logLevel: 'INFO' }),
        await Volume.open({ volfile }),
      ] as const;
      for (const client of clients) onTestFinished(() => client.close());
      await clients[0].writeFile('/file', '');
      return [...clients, log];
    }

    it('tell each other of notices and writes, by upcalls', async () => {
      const [ours, other, log] = await start(upcalls);
      const told = readTexts(ours, await readCursor(ours), 3);
      for (const text of ['first', 'second', 'third']) await notify(other, text);
      expect(await told).toEqual(['first', 'second', 'third']);
      const cursor = await readCursor(ours);
      const written = wait(ours, cursor);
      await other.writeFile('/file', 'data');
      expect((await written).events.map(({ kind }) => kind)).toContain('change');
      const before = await readCursor(other);
      await Promise.all([notify(ours, 'ours'), notify(other, 'theirs')]);
      expect((await readTexts(other, before, 2)).sort()).toEqual(['ours', 'theirs']);
      expect(readFileSync(log, 'utf8')).not.toContain('once a second');
    });

    it('tell each other of notices without upcalls, by reading once a second', async () => {
      const [ours, other, log] = await start();
      const reply = wait(ours, await readCursor(ours));
      await notify(other, 'late');
      expect((await reply).events).toMatchObject([{ kind: 'notice', text: 'late' }]);
      expect(readFileSync(log, 'utf8')).toContain('once a second');
    });
  },
);
