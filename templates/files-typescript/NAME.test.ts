import { EOPNOTSUPP } from 'glossa';
import { assert, graph, raises, test } from 'glossa/testing';

test('files are listed and read', async () => {
  const g = await graph('{{NAME}}.ts');
  assert.equal(await g.listdir('/'), ['hello']);
  assert.equal(await g.readText('/hello'), 'Hello, world\n');
});

test('files are made, written and removed', async () => {
  const g = await graph('{{NAME}}.ts');
  await g.write('/new', 'text');
  assert.equal(await g.readText('/new'), 'text');
  await g.unlink('/new');
  assert.equal(await g.exists('/new'), false);
  await raises(EOPNOTSUPP, g.mkdir('/directory'));
});
