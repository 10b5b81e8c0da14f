/** The address of a brick, from the options of its client, and in words for messages. */
import { InitError } from '../../../runtime/core/errors.ts';
import type { Address } from './connection.ts';
import { MANAGEMENT_PORT, type Settings } from './options.ts';

/** @throws {InitError} where an option is missing */
export function addressOf(settings: Settings): Address {
  const path = settings['transport.socket.connect-path'];
  if (settings['transport-type'] === 'unix') {
    if (path === undefined) throw new InitError('option transport.socket.connect-path is missing');
    return { kind: 'unix', path };
  }
  const host = settings['remote-host'];
  if (host === undefined) throw new InitError('option remote-host is missing: where is the brick?');
  return { kind: 'tcp', host, port: settings['remote-port'] ?? MANAGEMENT_PORT };
}

/** The address of a brick, for messages. */
export const placeOf = (subvolume: string, address: Address): string =>
  address.kind === 'unix'
    ? `brick '${subvolume}' at ${address.path}`
    : `brick '${subvolume}' at ${address.host}:${address.port}`;
