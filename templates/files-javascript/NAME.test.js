import { EOPNOTSUPP } from 'glossa';
import { assert, graph, raises, test } from 'glossa/testing';

test('files are listed and read', async () => {
  const g = await graph('{{NAME}}.js', { greeting: 'Hi' });
  assert.equal(await g.listdir('/'), ['hello']);
  assert.equal(await g.readText('/hello'), 'Hi, world\n');
});

test('files are made, written and removed', async () => {
  const g = await graph('{{NAME}}.js');
  await g.write('/new', 'text');
  assert.equal(await g.readText('/new'), 'text');
  await g.unlink('/new');
  assert.equal(await g.exists('/new'), false);
  await raises(EOPNOTSUPP, g.mkdir('/directory'));
});
