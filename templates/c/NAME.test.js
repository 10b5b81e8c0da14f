import { EPERM } from 'glossa';
import { assert, graph, raises, test } from 'glossa/testing';

test('a file with the protected suffix cannot be removed', async () => {
  const g = await graph('{{MODULE}}', { suffix: '.keep' });
  await g.write('/a.keep', 'precious');
  await raises(EPERM, g.unlink('/a.keep'));
  assert.equal(await g.readText('/a.keep'), 'precious');
  assert(g.logged('/a.keep stays'));
});

test('a file without the protected suffix can be removed', async () => {
  const g = await graph('{{MODULE}}', { suffix: '.keep' });
  await g.write('/a.txt', '');
  await g.unlink('/a.txt');
  assert.equal(await g.listdir('/'), []);
  assert.equal(g.asked('unlink').length, 1);
});
