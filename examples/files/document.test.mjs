import { EROFS } from 'glossa';
import { assert, graph, raises, test } from 'glossa/testing';

test('values are files, and objects are folders', async () => {
  const g = await graph('document.mjs');
  assert.equal(await g.readText('/title'), 'Translators\n');
  assert.equal((await g.listdir('/chapters')).sort(), ['one', 'two']);
  await raises(EROFS, g.unlink('/title'));
});
