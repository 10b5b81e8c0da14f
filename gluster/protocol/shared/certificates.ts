/** The options of TLS, on both sides, and what they name, as `node:tls` takes it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InitError } from '../../../runtime/core/errors.ts';
import { defineOptions, type Values } from '../../../runtime/core/options.ts';

export const tlsOptions = defineOptions({
  'transport.socket.ssl-enabled': {
    type: 'bool',
    default: false,
    description: 'Whether connections are encrypted, and both sides show certificates (TLS).',
  },
  'transport.socket.ssl-own-cert': {
    type: 'path',
    default: '/etc/ssl/glusterfs.pem',
    description: 'The certificate that is shown to the other side.',
  },
  'transport.socket.ssl-private-key': {
    type: 'path',
    default: '/etc/ssl/glusterfs.key',
    description: 'The key of that certificate.',
  },
  'transport.socket.ssl-ca-list': {
    type: 'path',
    default: '/etc/ssl/glusterfs.ca',
    description: 'Certificates of those by whom that of the other side has to be signed.',
  },
  'transport.socket.ssl-cipher-list': {
    type: 'str',
    description: "The ciphers that may be used, as OpenSSL has it; without it, Node's.",
  },
  'transport.socket.ssl-ec-curve': {
    type: 'str',
    description: 'The elliptic curve of the key exchange; without it, whichever both sides have.',
  },
  'transport.socket.ssl-dh-param': {
    type: 'path',
    description: 'The file of Diffie-Hellman parameters of a server.',
  },
  'transport.socket.ssl-crl-path': {
    type: 'path',
    description: 'The folder of lists of certificates that are revoked (PEM).',
  },
});

/** PEM texts, under the names that `node:tls` has for them. */
export interface Certificates {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
  readonly ciphers?: string;
  readonly ecdhCurve?: string;
  readonly dhparam?: string;
  readonly crl?: string[];
}

const text = (value: string): string => value;
const file = (path: string): string => readFileSync(path, 'utf8');
const filesIn = (folder: string): string[] =>
  readdirSync(folder).map((name) => file(join(folder, name)));

/** By the end of the option's name, the name in `node:tls`, and what reads the value. */
const READERS = {
  'own-cert': ['cert', file],
  'private-key': ['key', file],
  'ca-list': ['ca', file],
  'cipher-list': ['ciphers', text],
  'ec-curve': ['ecdhCurve', text],
  'dh-param': ['dhparam', file],
  'crl-path': ['crl', filesIn],
} as const satisfies Readonly<
  Record<string, readonly [keyof Certificates, (value: string) => unknown]>
>;

/** Null where nothing is encrypted. @throws {InitError} naming the file that cannot be read */
export function certificatesOf(settings: Partial<Values<typeof tlsOptions>>): Certificates | null {
  if (!settings['transport.socket.ssl-enabled']) return null;
  const found: Record<string, unknown> = {};
  for (const [name, [as, read]] of Object.entries(READERS)) {
    const key = `transport.socket.ssl-${name as keyof typeof READERS}` as const;
    const value = settings[key];
    if (value === undefined) continue;
    try {
      found[as] = read(value);
    } catch (error) {
      throw new InitError(`option ${key}: ${(error as Error).message}`);
    }
  }
  return found as unknown as Certificates;
}
