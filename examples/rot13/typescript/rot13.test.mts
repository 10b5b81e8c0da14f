import { assert, graph, test } from 'glossa/testing';

test('the storage has rotated letters', async () => {
  const g = await graph('rot13.ts');
  await g.write('/a', 'Hello, World 13');
  assert.equal(new TextDecoder().decode(await g.child.read('/a')), 'Uryyb, Jbeyq 13');
  assert.equal(await g.readText('/a'), 'Hello, World 13');
});

test('a write in the middle is rotated, an empty file stays empty', async () => {
  const g = await graph('rot13.ts');
  await g.write('/a', 'abcdef');
  await g.write('/a', 'XY', 2);
  assert.equal(await g.child.readText('/a'), 'noKLrs');
  await g.write('/empty', '');
  assert.equal(await g.readText('/empty'), '');
});
