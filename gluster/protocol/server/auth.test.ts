import { expect, it } from 'vitest';
import { type ClientIdentity, decideByAddress, decideByLogin, isAdmitted } from './auth.ts';

const identity = (more: Partial<ClientIdentity> = {}): ClientIdentity => ({
  ...{ address: '192.168.1.7', port: 40_000, volume: 'brick', subdir: '/' },
  ...more,
});
const optionsFrom = (options: Readonly<Record<string, string>>) => new Map(Object.entries(options));

it.each([
  ['*', 'accept'],
  ['192.168.1.7', 'accept'],
  ['10.0.0.1, 192.168.1.7', 'accept'],
  ['192.168.*', 'accept'],
  ['192.168.1.[6-8]', 'accept'],
  ['192.168.1.[!6]', 'accept'],
  ['192.168.1.[!7]', 'dont-care'],
  ['192.168.1.?', 'accept'],
  ['192x168.1.7', 'dont-care'],
  ['192.168.1', 'dont-care'],
  ['192.168.0.0/16', 'accept'],
  ['192.168.0.0/24', 'dont-care'],
  ['0.0.0.0/0', 'accept'],
  ['192.168.0.0/33', 'dont-care'],
  ['192.168.0.0/x', 'dont-care'],
  ['!192.168.1.7', 'dont-care'],
  ['!10.*', 'accept'],
  ['[', 'dont-care'],
  ['', 'dont-care'],
  ['/dir(192.168.1.7)', 'dont-care'],
])(
  'the option addr.allow %j decides %s for a client with the address 192.168.1.7',
  (allow, decision) => {
    expect(decideByAddress(optionsFrom({ 'auth.addr.brick.allow': allow }), identity())).toBe(
      decision,
    );
  },
);

it.each([
  ['fe80::/10', 'fe80::1%eth0', true],
  ['fe80::/10', 'fe80::1', true],
  ['2001:db8::/32', '2001:db8:1::5', true],
  ['2001:db8::/32', '2001:db9::5', false],
  ['::ffff:10.0.0.0/104', '::ffff:10.1.2.3', true],
  ['::ffff:10.0.0.0/104', '::ffff:11.1.2.3', false],
  ['::/0', '1.2.3.4', false],
])('the network %s in addr.allow contains the address %s: %s', (network, address, has) => {
  const decision = decideByAddress(
    optionsFrom({ 'auth.addr.brick.allow': network }),
    identity({ address }),
  );
  expect(decision).toBe(has ? 'accept' : 'dont-care');
});

it('the option addr.allow admits clients by address to each directory, except addresses that addr.reject lists', () => {
  const options = optionsFrom({
    'auth.addr.brick.reject': '192.168.1.7',
    'auth.addr.brick.allow': '*, /a(10.0.0.1|192.168.1.8), /b(*)',
  });
  const by = (more: Partial<ClientIdentity>) => decideByAddress(options, identity(more));
  expect(by({})).toBe('reject');
  expect(by({ address: '192.168.1.8' })).toBe('accept');
  expect(by({ address: '192.168.1.8', subdir: '/a' })).toBe('accept');
  expect(by({ address: '192.168.1.9', subdir: '/a' })).toBe('dont-care');
  expect(by({ address: '192.168.1.9', subdir: '/b' })).toBe('accept');
  expect(by({ address: '192.168.1.9', volume: 'other' })).toBe('dont-care');
  const secure = optionsFrom({ 'auth.addr.brick.allow': '*', 'rpc-auth-allow-insecure': 'off' });
  expect(decideByAddress(secure, identity())).toBe('reject');
  expect(decideByAddress(secure, identity({ port: 1023 }))).toBe('accept');
});

it('a login check accepts the right password, rejects a wrong one, and an unknown user only if strict-auth-accept is on', () => {
  const options = {
    'auth.login.brick.allow': 'alice, bob',
    'auth.login.alice.password': 's3cret',
  };
  const by = (more: Partial<ClientIdentity>, also = {}) =>
    decideByLogin(optionsFrom({ ...options, ...also }), identity(more));
  expect(by({ username: 'alice', password: 's3cret' })).toBe('accept');
  expect(by({ username: 'alice', password: 's3cre' })).toBe('reject');
  // A user without a configured password has no right one.
  expect(by({ username: 'bob', password: '' })).toBe('reject');
  expect(by({ username: 'eve', password: 's3cret' })).toBe('dont-care');
  expect(by({})).toBe('dont-care');
  expect(by({}, { 'strict-auth-accept': 'on' })).toBe('reject');
});

it('a brick refuses a client unless its address or login is accepted and neither is rejected', () => {
  expect(isAdmitted(optionsFrom({}), identity())).toBe(false);
  expect(isAdmitted(optionsFrom({ 'auth.addr.brick.allow': '*' }), identity())).toBe(true);
  const login = { 'auth.login.brick.allow': 'alice', 'auth.login.alice.password': 'x' };
  const alice = identity({ username: 'alice', password: 'y' });
  expect(isAdmitted(optionsFrom({ 'auth.addr.brick.allow': '*', ...login }), alice)).toBe(false);
});
