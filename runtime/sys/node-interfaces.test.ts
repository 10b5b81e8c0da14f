/** What a server does without interfaces of Node that are no promise, with each of them hidden. */
import { describe, expect, it } from 'vitest';
import { optional } from './call.ts';
import { END_TURN, missingForTurns, startHelper } from './end-turn.ts';
import { missingInterfaces } from './node-interfaces.ts';
import { findBackend } from './uv.ts';

/** Finds all symbols but those whose prototype has this in it. */
const without =
  (name: string): typeof optional =>
  (prototype) =>
    prototype.includes(name) ? null : optional(prototype);

it('this Node has all of them', () => expect(missingInterfaces()).toEqual([]));

describe('a symbol that is hidden', () => {
  it.each([
    ['InformWatchdogsAboutSignal', /InformWatchdogsAboutSignal.*ends the whole process/],
    ['SigintWatchdogHelper5StartEv', /5StartEv.*ends the whole process/],
    ['uv_default_loop', /uv_backend_fd.*event loop/],
    ['uv_backend_fd', /uv_backend_fd.*event loop/],
  ])('%s is named, with what is done instead', (name, line) => {
    expect(missingInterfaces(without(name))).toEqual([expect.stringMatching(line)]);
  });

  it('turns are not made endable, and the watchdog ends the process', () => {
    const missing = missingForTurns(without('InformWatchdogs'));
    expect(missing).toEqual([END_TURN]);
    expect(startHelper(missing)).toBe(false);
  });

  it.each(['uv_default_loop', 'uv_backend_fd'])('%s: there is no descriptor of libuv', (name) =>
    expect(findBackend(without(name))()).toBe(-1),
  );
});
