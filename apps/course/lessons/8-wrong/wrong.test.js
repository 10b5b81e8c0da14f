import { assert, graph, test } from 'glossa/testing';

test('a name that is made is there', async () => {
  const g = await graph('wrong');
  assert(!(await g.exists('/new')));
  await g.write('/new', 'text');
  assert(await g.exists('/new'));
});

test('an absent name is asked for once', async () => {
  const g = await graph('wrong');
  for (let round = 0; round < 3; round++) assert(!(await g.exists('/dragon')));
  assert.equal(g.asked('lookup').length, 1);
});
