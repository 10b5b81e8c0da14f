/** Attempts to leave a confined server, each of which succeeds without the wall where it can. */
import { describe, expect, it } from 'vitest';
import { findLandlock } from '../../server/wall/confinement.ts';
import { type Caller, NOBODY } from '../support/client.ts';
import { withScratch } from '../support/mount.ts';
import { escapes, isRoot, THREADS, tryEscapes } from './hostile-server.ts';

const { attempts, ofRoot, rare, known, knownOfRoot } = escapes;

describe.skipIf(typeof findLandlock() === 'string')(
  'an escaped engine in a confined server',
  () => {
    const users = isRoot ? [undefined, NOBODY] : [undefined];
    const isRootUser = (user: Caller | undefined): boolean => isRoot && user === undefined;

    it.each(users)('as user %o reaches nothing from any thread but what is known', (user) =>
      withScratch(async (scratch) => {
        const names = isRootUser(user) ? [...known, ...knownOfRoot] : known;
        const expected = Object.fromEntries(THREADS.map((thread) => [thread, names]));
        expect(await tryEscapes(scratch, 'brick', '--confine', user)).toEqual(expected);
      }),
    );

    it('reaches no more by a server that connects to another', () =>
      withScratch(async (scratch) => {
        const names = isRoot ? [...known, ...knownOfRoot] : known;
        const expected = Object.fromEntries(THREADS.map((thread) => [thread, names]));
        expect(await tryEscapes(scratch, 'client', '--confine')).toEqual(expected);
      }));

    it.each(users)('as user %o makes every attempt without the wall', (user) =>
      withScratch(async (scratch) => {
        const escaped = await tryEscapes(scratch, 'brick', '--no-confine', user);
        const names = isRootUser(user) ? [...attempts, ...ofRoot] : attempts;
        for (const thread of THREADS) {
          expect(names.filter((name) => !escaped[thread].includes(name))).toEqual([]);
        }
        expect(attempts.length + ofRoot.length + rare.length).toBeGreaterThan(80);
      }),
    );
  },
);
