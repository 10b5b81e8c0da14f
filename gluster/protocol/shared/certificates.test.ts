/** The options of TLS, converted for `node:tls`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { makeFolder } from '../../../test/support/folder.ts';
import { readCertificates } from './certificates.ts';

let folder: string;
beforeEach(() => {
  folder = makeFolder();
});

const made = (name: string): string => {
  writeFileSync(join(folder, name), name);
  return join(folder, name);
};

const settings = () => ({
  'transport.socket.ssl-enabled': true,
  'transport.socket.ssl-own-cert': made('cert'),
  'transport.socket.ssl-private-key': made('key'),
  'transport.socket.ssl-ca-list': made('ca'),
});

test('a connection without TLS reads no certificate file', () => {
  expect(readCertificates({ ...settings(), 'transport.socket.ssl-enabled': false })).toBeNull();
});

test('the TLS settings contain ciphers, curve, DH parameters and revoked certificates if options name them', () => {
  const revoked = join(folder, 'crl');
  mkdirSync(revoked);
  writeFileSync(join(revoked, 'r.0'), 'list');
  expect(readCertificates(settings())).toEqual({ cert: 'cert', key: 'key', ca: 'ca' });
  expect(
    readCertificates({
      ...settings(),
      'transport.socket.ssl-cipher-list': 'HIGH:!SSLv2',
      'transport.socket.ssl-ec-curve': 'prime256v1',
      'transport.socket.ssl-dh-param': made('dh'),
      'transport.socket.ssl-crl-path': revoked,
    }),
  ).toEqual({
    ...{ cert: 'cert', key: 'key', ca: 'ca' },
    ...{ ciphers: 'HIGH:!SSLv2', ecdhCurve: 'prime256v1', dhparam: 'dh', crl: ['list'] },
  });
});

test.each(['own-cert', 'dh-param', 'crl-path'])(
  'an unreadable file of the option ssl-%s causes an error that names the option',
  (name) => {
    const key = `transport.socket.ssl-${name}`;
    expect(() => readCertificates({ ...settings(), [key]: join(folder, 'none') })).toThrow(
      `option ${key}: ENOENT`,
    );
  },
);
