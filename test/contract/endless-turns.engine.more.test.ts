/**
 * Tests of modules that wind without end in short steps: other requests are served meanwhile, and
 * the request fails at a limit. Bounds of memory: endless.engine.more.test.ts.
 */
import { describe, expect, it } from 'vitest';
import { EIO, ENOENT } from '../../runtime/core/errno.ts';
import { selectVariants } from '../support/test-selection.ts';
import { LANGUAGES, RETRIES, serves, start } from './endless.ts';

/** The host's part, which takes most of the time, is the same for both languages. */
const chosen = selectVariants(LANGUAGES, (language) => language === 'py');

const cases = Object.entries(RETRIES).flatMap(([title, texts]) =>
  chosen.map((extension) => [title, extension, texts[extension]] as const),
);

describe('a request that winds in an endless loop', () => {
  it.each(cases)(
    'fails at wind-limit, and does not block others, if the child replies at once: %s (%s)',
    async (_, extension, text) => {
      const run = await start(extension, text, { 'wind-limit': '5000' });
      run.leaf.onRequest = (held) => held.answer(-1, ENOENT, null, null);
      const reply = run.ask('stat', run.knownLoc('a'), null);
      // The loop has had its turn, and does not end by itself.
      expect(reply.count).toBe(0);
      serves(run);
      for (let turn = 0; turn < 20; turn++) run.context.advance(1);
      expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: EIO });
      expect(run.takeLines()).toContainEqual(
        expect.stringMatching(/^E .*stat: wound 5000 times without an end \(option wind-limit\)/),
      );
      serves(run);
      run.expectSettled();
    },
  );

  it.each(cases)(
    'fails at wind-limit, and does not block others, if the child replies later: %s (%s)',
    async (_, extension, text) => {
      const run = await start(extension, text, { 'wind-limit': '50' });
      const reply = run.ask('stat', run.knownLoc('a'), null);
      for (let round = 0; round < 50; round++) {
        expect(reply.count).toBe(0);
        for (const held of run.takeRequests()) held.answer(-1, ENOENT, null, null);
        serves(run);
      }
      expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: EIO });
      // The host ignores a loop that catches every error after some more winds.
      for (let round = 0; round < 1100; round++) {
        for (const held of run.takeRequests()) held.answer(-1, ENOENT, null, null);
      }
      expect(run.takeRequests()).toEqual([]);
      run.expectSettled();
    },
  );

  it.each(chosen)('fails after frame-timeout, however often it winds (%s)', async (extension) => {
    const text = RETRIES['a retry loop']![extension];
    const run = await start(extension, text, { 'frame-timeout': '3', 'wind-limit': '0' });
    const reply = run.ask('stat', run.knownLoc('a'), null);
    for (let second = 0; second < 5; second++) {
      expect(reply.count).toBe(second < 4 ? 0 : 1);
      for (const held of run.takeRequests()) held.answer(-1, ENOENT, null, null);
      run.context.advance(1000);
    }
    expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: EIO });
    expect(run.takeLines()).toContainEqual(
      expect.stringMatching(
        /stat: no answer within 3 s, in which it wound \d times \(option frame-timeout\)/,
      ),
    );
  });

  it.each(chosen)('may wait for a slow child beyond frame-timeout (%s)', async (extension) => {
    const run = await start(extension, RETRIES['a retry loop']![extension], {
      'frame-timeout': '3',
    });
    const reply = run.ask('stat', run.knownLoc('a'), null);
    for (let hour = 0; hour < 3; hour++) {
      run.context.advance(3_600_000);
      const [held] = run.takeRequests();
      if (hour < 2) held!.answer(-1, ENOENT, null, null);
      else held!.answer(0, 0, null, null);
    }
    expect(reply).toMatchObject({ count: 1, opRet: 0 });
    run.expectSettled();
  });
});
