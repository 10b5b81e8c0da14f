/** The files of TLS, and what both sides may agree on. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InitError } from '../../../runtime/core/errors.ts';
import { defineOptions } from '../../../runtime/core/options.ts';

export const cipherOptions = defineOptions({
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

/** What volumes on both sides say of it. */
type Settings = Readonly<
  Record<`transport.socket.ssl-${(typeof FILES)[number]}`, string> & {
    [K in keyof typeof cipherOptions]?: string | undefined;
  } & {
    'transport.socket.ssl-enabled': boolean;
  }
>;

const FILES = ['own-cert', 'private-key', 'ca-list'] as const;

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

/** Null where nothing is encrypted. @throws {InitError} naming the file that cannot be read */
export function certificatesOf(settings: Settings): Certificates | null {
  if (!settings['transport.socket.ssl-enabled']) return null;
  const read = (key: keyof Settings): string =>
    reading(key, () => readFileSync(settings[key] as string, 'utf8'));
  const [cert, key, ca] = FILES.map((name) => read(`transport.socket.ssl-${name}`)) as [
    string,
    string,
    string,
  ];
  const ciphers = settings['transport.socket.ssl-cipher-list'];
  const ecdhCurve = settings['transport.socket.ssl-ec-curve'];
  const revoked = settings['transport.socket.ssl-crl-path'];
  const hasDh = settings['transport.socket.ssl-dh-param'] !== undefined;
  return {
    cert,
    key,
    ca,
    ...(ciphers === undefined ? {} : { ciphers }),
    ...(ecdhCurve === undefined ? {} : { ecdhCurve }),
    ...(hasDh ? { dhparam: read('transport.socket.ssl-dh-param') } : {}),
    ...(revoked === undefined ? {} : { crl: listsIn(revoked) }),
  };
}

const listsIn = (folder: string): string[] =>
  reading('transport.socket.ssl-crl-path', () =>
    readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8')),
  );

function reading<T>(key: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new InitError(`option ${key}: ${(error as Error).message}`);
  }
}
