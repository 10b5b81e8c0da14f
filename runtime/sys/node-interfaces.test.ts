/** Hides each unpromised interface of Node, and checks that the server names it. */
import { closeSync, readdirSync } from 'node:fs';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { END_TURN_PROTOTYPE, findMissingSymbols, startHelper } from './end-turn.ts';
import { bindIfPresent } from './libc.ts';
import { findMissingInterfaces } from './node-interfaces.ts';
import { makeSocketpair, readDescriptor } from './socket.ts';
import { bindBackendFd } from './uv.ts';

/** Finds all symbols but those whose prototype contains `name`. */
const without =
  (name: string): typeof bindIfPresent =>
  (prototype) =>
    prototype.includes(name) ? null : bindIfPresent(prototype);

it('the Node that runs the tests has all interfaces that glossa calls', () =>
  expect(findMissingInterfaces()).toEqual([]));

describe('a Node without the internal function', () => {
  it.each([
    ['InformWatchdogsAboutSignal', /InformWatchdogsAboutSignal.*ends the whole process/],
    ['SigintWatchdogHelper5StartEv', /5StartEv.*ends the whole process/],
    ['uv_default_loop', /uv_backend_fd.*event loop/],
    ['uv_backend_fd', /uv_backend_fd.*event loop/],
  ])('%s is reported by findMissingInterfaces, with the consequence', (name, line) => {
    expect(findMissingInterfaces({ findSymbol: without(name) })).toEqual([
      expect.stringMatching(line),
    ]);
  });

  it('for the end of a turn does not make turns endable', () => {
    const missing = findMissingSymbols(without('InformWatchdogs'));
    expect(missing).toEqual([END_TURN_PROTOTYPE]);
    expect(startHelper(missing)).toBe(false);
  });

  it.each(['uv_default_loop', 'uv_backend_fd'])("%s has -1 as libuv's descriptor", (name) =>
    expect(bindBackendFd(without(name))()).toBe(-1),
  );
});

describe('the descriptor of a socket', () => {
  it.each([
    ['_handle', {}],
    ['_handle.fd', { _handle: {} }],
  ])('is reported as unreadable, with the consequence, if the socket has no %s', (_, socket) => {
    const descriptor = (): number => readDescriptor(socket as Socket);
    expect(findMissingInterfaces({ readSocketFd: descriptor })).toEqual([
      expect.stringMatching(/_handle\.fd.*commands .* cannot ask this server/),
    ]);
  });

  it('is -1 after the socket has closed', () => {
    const [mine, other] = makeSocketpair() as [number, number];
    const socket = new Socket({ fd: mine });
    expect(readDescriptor(socket)).toBe(mine);
    socket.destroy();
    closeSync(other);
    expect(readDescriptor(socket)).toBe(-1);
  });

  it('is checked without leaving a descriptor open', () => {
    const open = (): number => readdirSync('/proc/self/fd').length;
    const before = open();
    for (let n = 0; n < 10; n++) findMissingInterfaces();
    expect(open()).toBeLessThan(before + 10);
  });
});
