/** The pump with a real kernel: it serves requests and the event loop under each other's load. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { findObstacle, type MountServer, Mounts } from '../../test/support/mounts.ts';
import type { PumpCounts } from './pump.ts';

const mounts = new Mounts();
let server: MountServer;
let serial = 0;

/** The error code of a stat of an absent name. */
async function missing(way: string, mountpoint = server.mountpoint): Promise<string> {
  serial += 1;
  try {
    await stat(join(mountpoint, `${way}-${serial}`));
    return 'found';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code!;
  }
}

const counts = async (): Promise<PumpCounts> => (await server.ask('counts')) as PumpCounts;

describe.skipIf(findObstacle() !== '')('the pump', () => {
  beforeAll(async () => {
    server = await mounts.mount('answers', { negativeTimeout: 0 });
  });
  afterAll(() => mounts.clean());

  test('serves requests to which a translator replies at once', async () => {
    for (let i = 0; i < 500; i++) expect(await missing('now')).toBe('ENOENT');
    expect((await counts()).requests).toBeGreaterThan(500);
  });

  test.each(['promise', 'tick', 'immediate', 'timer', 'file'])(
    'serves requests to which a translator replies by a %s',
    async (way) => {
      for (let i = 0; i < 20; i++) expect(await missing(way)).toBe('ENOENT');
      const all = Array.from({ length: 50 }, () => missing(way));
      expect(new Set(await Promise.all(all))).toEqual(new Set(['ENOENT']));
    },
  );

  test('serves immediate and delayed replies at the same time, and EIO for a translator that throws', async () => {
    const ways = ['now', 'promise', 'tick', 'immediate', 'timer', 'file', 'throw'];
    const all = Array.from({ length: 350 }, (_, i) => missing(ways[i % ways.length]!));
    const got = await Promise.all(all);
    expect(got.filter((code) => code === 'ENOENT').length).toBe(300);
    expect(got.filter((code) => code === 'EIO').length).toBe(50);
  });

  test('lets the event loop run under a continuous load of requests', async () => {
    let over = false;
    const load = Array.from({ length: 4 }, async () => {
      while (!over) await missing('now');
    });
    for (let i = 0; i < 20; i++) expect(await server.ask('ping')).toBe('pong');
    over = true;
    await Promise.all(load);
  });

  test('lets the event loop run after a call of wake', async () => {
    const woken = server.nextMessage();
    expect(await missing('wake')).toBe('ENOENT');
    expect(await woken).toBe('woken');
  });

  test('does nothing while no request comes', async () => {
    await missing('now');
    // The pump may still be awake at first, and another program may stat all mounts.
    await vi.waitFor(async () => {
      const before = await counts();
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(await counts()).toEqual(before);
    }, 50_000);
  });

  test('serves two mounts of one process independently', async () => {
    const folders = [mounts.makeFolder(), mounts.makeFolder()];
    const both = await mounts.mount('answers', {}, folders);
    for (let i = 0; i < 100; i++) {
      expect(await missing('now', folders[i % 2]!)).toBe('ENOENT');
    }
    const mixed = Array.from({ length: 60 }, (_, i) => missing('immediate', folders[i % 2]!));
    expect(new Set(await Promise.all(mixed))).toEqual(new Set(['ENOENT']));
    expect(await both.ask('unmount')).toBe('unmounted');
    expect(await both.nextMessage()).toBe('unmounted');
    expect(await both.nextMessage()).toBe('exit 0');
  });
});
