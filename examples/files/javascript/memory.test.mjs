import { ENOTEMPTY } from 'glossa';
import { assert, graph, raises, test } from 'glossa/testing';

test('files have names, data and attributes', async () => {
  const g = await graph('memory.mjs');
  await g.mkdir('/d');
  await g.write('/d/a', 'text');
  await g.link('/d/a', '/b');
  assert.equal((await g.stat('/b')).iaNlink, 2);
  await g.rename('/b', '/c');
  assert.equal(await g.readText('/c'), 'text');
  await raises(ENOTEMPTY, g.rmdir('/d'));
});
