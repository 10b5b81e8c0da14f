import { expect, it } from 'vitest';
import {
  type ClientIdentity,
  canBeUsed,
  decideByAddress,
  decideByLogin,
  findRefusal,
} from './auth.ts';

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
  expect(findRefusal(optionsFrom({}), identity())).not.toBe(null);
  expect(findRefusal(optionsFrom({ 'auth.addr.brick.allow': '*' }), identity())).toBe(null);
  const login = { 'auth.login.brick.allow': 'alice', 'auth.login.alice.password': 'x' };
  const alice = identity({ username: 'alice', password: 'y' });
  expect(findRefusal(optionsFrom({ 'auth.addr.brick.allow': '*', ...login }), alice)).not.toBe(
    null,
  );
});

const login = { 'auth.login.brick.allow': 'alice, bob', 'auth.login.alice.password': 's3cret' };

it.each<[string, Readonly<Record<string, string>>, Partial<ClientIdentity>]>([
  [
    "no option accepts it; 'option auth.addr.brick.allow 192.168.1.7' would",
    { 'auth.addr.brick.allow': '10.*' },
    {},
  ],
  ["no option accepts it; 'option auth.addr.brick.allow *' would", {}, { address: '' }],
  [
    "no option accepts it; 'option auth.addr.brick.allow /a(192.168.1.7)' would",
    { 'auth.addr.brick.allow': '*' },
    { subdir: '/a' },
  ],
  [
    "no option accepts it; 'option auth.addr./srv/brick.allow 192.168.1.7' would",
    { 'auth-path': '/srv/brick' },
    {},
  ],
  ['option auth.addr.brick.reject lists it', { 'auth.addr.brick.reject': '192.168.1.7' }, {}],
  [
    'option rpc-auth-allow-insecure is off, and its port 40000 is not reserved for root',
    { 'auth.addr.brick.allow': '*', 'rpc-auth-allow-insecure': 'off' },
    {},
  ],
  [
    'its password is not that of option auth.login.USER.password',
    login,
    { username: 'alice', password: 's3cre' },
  ],
  [
    'option auth.login.brick.allow does not list its user, and strict-auth-accept is on',
    { ...login, 'strict-auth-accept': 'on' },
    { username: 'eve', password: '' },
  ],
  [
    'option auth.ssl-allow does not list its certificate "eve\\n"',
    { 'auth.ssl-allow': 'alice' },
    { certificate: 'eve\n' },
  ],
  [
    'option auth.login.brick.ssl-allow does not list its certificate "eve"',
    { 'auth.login.brick.ssl-allow': 'alice' },
    { certificate: 'eve' },
  ],
])('a refusal is explained by its option: %s', (text, options, client) => {
  expect(findRefusal(optionsFrom(options), identity(client))).toBe(text);
});

it('the option that an explanation names admits the client', () => {
  for (const client of [{}, { address: '' }, { address: '::1' }, { subdir: '/a/b' }]) {
    const refused = identity(client);
    const explanation = findRefusal(optionsFrom({}), refused)!;
    const [, key = '', value = ''] = /'option (\S+) (.*)' would/.exec(explanation) ?? [];
    expect(findRefusal(optionsFrom({ [key]: value }), refused), explanation).toBe(null);
  }
});

it.each<[boolean, Readonly<Record<string, string>>]>([
  [false, {}],
  [false, { 'auth.addr.brick.allow': ' , ' }],
  [false, { 'auth.addr.brick.reject': '10.0.0.1' }],
  [false, { 'auth.addr.other.allow': '*' }],
  [false, { 'auth.login.brick.allow': 'bob' }],
  [true, { 'auth.addr.brick.allow': '/a(10.0.0.1)' }],
  [true, { 'auth-path': '/srv/brick', 'auth.addr./srv/brick.allow': '*' }],
  [true, login],
  [true, { 'auth.ssl-allow': '*' }],
  [true, { 'auth.login.brick.ssl-allow': 'alice' }],
])('whether any client can use a brick is %s with the options %j', (expected, options) => {
  expect(canBeUsed(optionsFrom(options), 'brick')).toBe(expected);
});
