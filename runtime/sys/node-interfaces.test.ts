/** A server without an interface of Node that is no promise names it, with each of them hidden. */
import { closeSync, readdirSync } from 'node:fs';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { optional } from './call.ts';
import { END_TURN, missingForTurns, startHelper } from './end-turn.ts';
import { missingInterfaces } from './node-interfaces.ts';
import { descriptorOf, makeSocketpair } from './socket.ts';
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
    expect(missingInterfaces({ find: without(name) })).toEqual([expect.stringMatching(line)]);
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

describe('the descriptor of a socket', () => {
  it.each([
    ['_handle', {}],
    ['_handle.fd', { _handle: {} }],
  ])('without %s is named, with what cannot be asked', (_, socket) => {
    const descriptor = (): number => descriptorOf(socket as Socket);
    expect(missingInterfaces({ descriptor })).toEqual([
      expect.stringMatching(/_handle\.fd.*commands .* cannot ask this server/),
    ]);
  });

  it('is that of the socket, and -1 when it has closed', () => {
    const [mine, other] = makeSocketpair() as [number, number];
    const socket = new Socket({ fd: mine });
    expect(descriptorOf(socket)).toBe(mine);
    socket.destroy();
    closeSync(other);
    expect(descriptorOf(socket)).toBe(-1);
  });

  it('is looked up without leaving one open', () => {
    const open = (): number => readdirSync('/proc/self/fd').length;
    const before = open();
    for (let n = 0; n < 10; n++) missingInterfaces();
    expect(open()).toBeLessThan(before + 10);
  });
});
