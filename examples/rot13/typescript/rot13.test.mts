import { assert, graph, test } from 'glossa/testing';

test('the storage has other letters', async () => {
  const g = await graph('rot13.ts');
  await g.write('/a', 'Hello, World 13');
  assert.equal(new TextDecoder().decode(await g.child.read('/a')), 'Uryyb, Jbeyq 13');
  assert.equal(await g.readText('/a'), 'Hello, World 13');
});

test('the middle of a file, and an empty one', async () => {
  const g = await graph('rot13.ts');
  await g.write('/a', 'abcdef');
  await g.write('/a', 'XY', 2);
  assert.equal(await g.child.readText('/a'), 'noKLrs');
  await g.write('/empty', '');
  assert.equal(await g.readText('/empty'), '');
});
