import { isIP } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  isAddress,
  isAddressList,
  isAddressPattern,
  isDirectoryList,
  isHostname,
  isIpv4,
  isIpv6,
} from './addresses.ts';

test('isIpv4 and isIpv6 accept the same texts as net.isIP', () => {
  const octets = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 3, maxLength: 5 });
  const dotted = octets.map((parts) => parts.join('.'));
  const mangled = fc.string({ maxLength: 20, unit: fc.constantFrom(...'01af::.g') });
  fc.assert(
    fc.property(fc.oneof(dotted, mangled, fc.ipV4(), fc.ipV6()), (text) => {
      expect([text, isIpv4(text), isIpv6(text)]).toEqual([
        text,
        isIP(text) === 4,
        isIP(text) === 6,
      ]);
    }),
    { numRuns: 3000 },
  );
});

test.each([
  'localhost',
  'node-1.example.org',
  'a',
  'my_host',
  '1and1.de',
  '10.0.0.1',
  'fe80::1%eth0',
  '1:2:3:4:5:6:7::',
])('isAddress accepts %s', (text) => {
  expect(isAddress(text)).toBe(true);
});

test.each([
  '',
  ' ',
  'a b',
  '-a',
  'a-',
  'a..b',
  '10.0.0.256',
  '10.0.0',
  '::1%',
  'a/b',
  'x'.repeat(64),
])('isAddress refuses %j', (text) => {
  expect(isAddress(text)).toBe(false);
});

test('isHostname accepts 255 characters and refuses 256', () => {
  const name = (length: number) => 'abcdefg.'.repeat(32).slice(0, length);
  expect(isHostname(name(255))).toBe(true);
  expect(isHostname(`${name(255)}x`)).toBe(false);
});

test('the checks of patterns, address lists and directory lists accept valid texts only', () => {
  for (const text of ['*', '10.0.*', 'node[12].org', 'n?', '10.0.0.0/8', '0.0.0.0/0', 'fe80:*']) {
    expect(isAddressPattern(text), text).toBe(true);
  }
  for (const text of ['10.0.0.0/33', '10.0.0.0/', 'host/8', 'a b*', 'n[', 'plain', '']) {
    expect(isAddressPattern(text), text).toBe(false);
  }
  expect(isAddressList('10.0.0.1,*.example.org,::1')).toBe(true);
  expect(isAddressList('10.0.0.1,,::1')).toBe(false);
  expect(isDirectoryList('/a(10.0.0.1|node*),/b')).toBe(true);
  for (const text of ['a(10.0.0.1)', '/a()', '/a(10.0.0.1', '/a(x y)', '']) {
    expect(isDirectoryList(text), text).toBe(false);
  }
});
