/** Defines the TLS options of protocol/client and protocol/server, and reads the files they name for `node:tls`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InitError } from '../../../runtime/core/errors.ts';
import { defineOptions, type Values } from '../../../runtime/core/options.ts';
import { type Reach, reachPath } from '../../../runtime/core/reach.ts';

export const tlsOptions = defineOptions({
  'transport.socket.ssl-enabled': {
    type: 'bool',
    default: false,
    description: 'Whether connections are encrypted, and both sides show certificates (TLS).',
  },
  'transport.socket.ssl-own-cert': {
    type: 'path',
    default: '/etc/ssl/glusterfs.pem',
    description: 'The certificate that this side presents.',
  },
  'transport.socket.ssl-private-key': {
    type: 'path',
    default: '/etc/ssl/glusterfs.key',
    description: 'The key of that certificate.',
  },
  'transport.socket.ssl-ca-list': {
    type: 'path',
    default: '/etc/ssl/glusterfs.ca',
    description: "The certificates of the authorities that may sign the other side's.",
  },
  'transport.socket.ssl-cipher-list': {
    type: 'str',
    description: "The ciphers that may be used, as OpenSSL has it; without it, Node's.",
  },
  'transport.socket.ssl-ec-curve': {
    type: 'str',
    description: 'The elliptic curve of the key exchange; without it, any that both sides support.',
  },
  'transport.socket.ssl-dh-param': {
    type: 'path',
    description: 'The file of Diffie-Hellman parameters of a server.',
  },
  'transport.socket.ssl-crl-path': {
    type: 'path',
    description: 'The directory of certificate revocation lists (PEM).',
  },
});

/** PEM texts under the names of `node:tls`. */
export interface Certificates {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
  readonly ciphers?: string;
  readonly ecdhCurve?: string;
  readonly dhparam?: string;
  readonly crl?: string[];
}

const returnText = (value: string): string => value;
const readText = (path: string): string => readFileSync(path, 'utf8');
const readTexts = (folder: string): string[] =>
  readdirSync(folder).map((name) => readText(join(folder, name)));

/** For each option, by the end of its name: the name in `node:tls`, and the function that reads the value. */
const OPTION_READERS = {
  'own-cert': ['cert', readText],
  'private-key': ['key', readText],
  'ca-list': ['ca', readText],
  'cipher-list': ['ciphers', returnText],
  'ec-curve': ['ecdhCurve', returnText],
  'dh-param': ['dhparam', readText],
  'crl-path': ['crl', readTexts],
} as const satisfies Readonly<
  Record<string, readonly [keyof Certificates, (value: string) => unknown]>
>;

/** Reads the certificates that the options name; null without TLS. @throws {InitError} that names an unreadable file */
export function readCertificates(
  settings: Partial<Values<typeof tlsOptions>>,
): Certificates | null {
  if (!settings['transport.socket.ssl-enabled']) return null;
  const certificates: Record<string, unknown> = {};
  for (const [name, [tlsKey, read]] of Object.entries(OPTION_READERS)) {
    const key = `transport.socket.ssl-${name as keyof typeof OPTION_READERS}` as const;
    const value = settings[key];
    if (value === undefined) continue;
    try {
      certificates[tlsKey] = read(value);
    } catch (error) {
      throw new InitError(`option ${key}: ${(error as Error).message}`);
    }
  }
  return certificates as unknown as Certificates;
}

/** Lists the files that the TLS options name; none without TLS. */
export const listCertificateFiles = (settings: Partial<Values<typeof tlsOptions>>): Reach[] =>
  Object.entries(tlsOptions).flatMap(([key, { type }]) => {
    const path = settings[key as keyof typeof tlsOptions];
    const isRead = settings['transport.socket.ssl-enabled'] === true && type === 'path';
    return isRead && typeof path === 'string' ? reachPath(path, key, 'read') : [];
  });
