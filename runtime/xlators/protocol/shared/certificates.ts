/** The files of TLS. */
import { readFileSync } from 'node:fs';
import { InitError } from '../../../core/errors.ts';

/** What volumes on both sides say of it. */
type Settings = Readonly<
  Record<`transport.socket.ssl-${(typeof FILES)[number]}`, string> & {
    'transport.socket.ssl-enabled': boolean;
  }
>;

const FILES = ['own-cert', 'private-key', 'ca-list'] as const;

/** PEM texts. */
export interface Certificates {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

/** Null where nothing is encrypted. @throws {InitError} naming the file that cannot be read */
export function certificatesOf(settings: Settings): Certificates | null {
  if (!settings['transport.socket.ssl-enabled']) return null;
  const read = (name: (typeof FILES)[number]): string => {
    const key = `transport.socket.ssl-${name}` as const;
    try {
      return readFileSync(settings[key], 'utf8');
    } catch (error) {
      throw new InitError(`option ${key}: ${(error as Error).message}`);
    }
  };
  const [cert, key, ca] = FILES.map(read) as [string, string, string];
  return { cert, key, ca };
}
