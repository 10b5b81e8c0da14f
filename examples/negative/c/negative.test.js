import { EIO, ENOENT } from 'glossa';
import { assert, graph, raises, test } from 'glossa/testing';

test('an absent name is looked up once', async () => {
  const g = await graph('negative.so', { timeout: 60 });
  for (let times = 0; times < 3; times += 1) await raises(ENOENT, g.stat('/absent'));
  assert.equal(g.asked('lookup').length, 1);
  g.advance(61);
  assert(!(await g.exists('/absent')));
  assert.equal(g.asked('lookup').length, 2);
});

test('a created name is found at once', async () => {
  const g = await graph('negative.so');
  assert(!(await g.exists('/a')));
  await g.write('/a', 'text');
  assert.equal(await g.readText('/a'), 'text');
});

test('other errors are not cached', async () => {
  const g = await graph('negative.so');
  g.fail('lookup', EIO, { times: 1 });
  await raises(EIO, g.stat('/a'));
  await raises(ENOENT, g.stat('/a'));
});
