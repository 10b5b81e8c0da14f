/** Checks lesson 2: a translator without methods changes no request and no reply. */
import { type Check, describeReply, listLoggedTexts, lookUp, must } from '../check.ts';

export const check: Check = async ({ volume }) => {
  const g = await volume();
  const absent = await lookUp(g, '/dragon');
  must(
    absent.opRet < 0 && absent.opErrno === 2,
    `Nothing is called /dragon here, and the answer was: ${describeReply(absent)}. A translator that does nothing passes the storage's answer on. Take out every method.`,
  );
  must(
    g.asked('lookup').some(({ path }) => path === '/dragon'),
    'Your translator answered a lookup by itself: the storage was not asked. A translator that does nothing has no method `lookup`.',
  );
  await g.write('/a', 'one');
  await g.mkdir('/box');
  await g.rename('/a', '/box/b');
  const storedText = await g.child.readText('/box/b');
  must(
    storedText === 'one',
    `The text 'one' was written, and '${storedText}' reached the storage. A translator that does nothing changes nothing.`,
  );
  const text = await g.readText('/box/b');
  must(
    text === 'one',
    `The storage has the text 'one', and '${text}' came up through your translator. A translator that does nothing changes nothing.`,
  );
  const names = (await g.listdir('/box')).join(', ');
  must(names === 'b', `The folder has one file, b, and your translator shows: ${names || 'none'}.`);
  const [message] = listLoggedTexts(g, 'I');
  must(
    message === undefined,
    `Your translator logged '${message}'. One that does nothing says nothing: take out every method.`,
  );
  await g.chmod('/box/b', 0o640);
  await g.setxattr('/box/b', 'user.mood', 'calm');
  const mode = Number((await g.child.stat('/box/b')).iaProt) & 0o777;
  must(
    mode === 0o640,
    `The file got the mode 640, and the storage has ${mode.toString(8)}. A translator that does nothing changes nothing.`,
  );
  const mood = new TextDecoder().decode(await g.getxattr('/box/b', 'user.mood'));
  must(
    mood === 'calm',
    `The file got an attribute that says 'calm', and it says '${mood}' now. A translator that does nothing changes nothing.`,
  );
  await g.unlink('/box/b');
  const left = (await g.child.listdir('/box')).join(', ');
  must(
    left === '',
    `The file was removed, and the storage still has ${left}. A translator that does nothing changes nothing.`,
  );
  return 'A file was written, moved, read, listed and removed. Your translator changed none of it: fops that it does not define pass through.';
};
