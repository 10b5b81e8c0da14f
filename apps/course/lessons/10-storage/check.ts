/** Checks lesson 10: files of a dict are listed, described and read, then written, cut and created. */
import type { TestGraph } from '../../../../bridges/testing/api.ts';
import { type Check, describeReply, ENOENT, lookUp, must } from '../check.ts';

/** The names in the folders, and the texts of the files, that the learner's module begins with. */
const FOLDERS = { '/': ['about', 'books'], '/books': ['moby', 'ulysses'] } as const;
const FILES = {
  '/about': 'A storage of my own.\n',
  '/books/moby': 'Call me Ishmael.\n',
  '/books/ulysses': 'Stately, plump Buck Mulligan.\n',
} as const;

/** The number of a folder's type among those of an iatt. */
const IA_IFDIR = 2;

export const check: Check = async ({ volume }) => {
  const g = await volume();
  await checkAttributes(g, '/');
  await checkNames(g, '/', FOLDERS['/'], '`list` returns the names in the folder at `path`.');
  for (const path of ['/about', '/books', '/books/moby', '/books/ulysses'])
    await checkAttributes(g, path);
  await checkNames(
    g,
    '/books',
    FOLDERS['/books'],
    '`path` is the folder that a program asks about: each folder has names of its own.',
  );
  await checkAbsentNames(g);
  await checkReads(g);
  await checkWrites(g);
  await checkTruncations(g);
  await checkCreations(g);
  return `Your two folders and three files were listed, read and changed, and two more files were made. ${await describeRemoval(g)}`;
};

/** Awaits an operation on the learner's files. @throws {WrongResult} names the failed operation and the errno */
async function awaitDone<T>(operation: Promise<T>, what: string, advice: string): Promise<T> {
  try {
    return await operation;
  } catch (error) {
    const { errno: opErrno } = error as { readonly errno?: unknown };
    if (typeof opErrno !== 'number') throw error;
    const reason = describeReply({ opRet: -1, opErrno });
    must(false, `${what}, and the answer was: ${reason}. ${advice}`);
  }
}

/** Checks the names in a folder, in any order. */
async function checkNames(
  g: TestGraph,
  folder: string,
  wanted: readonly string[],
  advice: string,
): Promise<void> {
  const names = await awaitDone(g.listdir(folder), `The folder ${folder} was listed`, advice);
  must(
    names.join('/') === [...wanted].sort().join('/'),
    `The folder ${folder} was listed, and your storage gave ${names.join(', ') || 'no names'}. It should give ${wanted.join(', ')}. ${advice}`,
  );
}

/** Checks the type of a folder or file, and the size of a file. */
async function checkAttributes(g: TestGraph, path: string): Promise<void> {
  const isFolder = Object.hasOwn(FOLDERS, path);
  const [type, otherType] = isFolder ? ['folder', 'file'] : ['file', 'folder'];
  const advice = isFolder
    ? 'For a folder `stat` returns `directory()`.'
    : 'For a file `stat` returns its size, the number of its bytes.';
  const reply = await (path === '/' ? g.fop.stat!(path) : lookUp(g, path));
  must(
    reply.opRet >= 0,
    `There is ${path}, and your storage answered: ${describeReply(reply)}. ${advice}`,
  );
  const { iaType, iaSize } = reply.buf as Readonly<Record<string, number>>;
  must(
    (iaType === IA_IFDIR) === isFolder,
    `By your \`stat\`, ${path} is a ${otherType}, and it is a ${type}. ${advice}`,
  );
  const size = FILES[path as keyof typeof FILES]?.length;
  must(
    isFolder || iaSize === size,
    `The file ${path} has ${size} bytes, and your \`stat\` says ${iaSize}. ${advice}`,
  );
}

async function checkAbsentNames(g: TestGraph): Promise<void> {
  for (const path of ['/nothing', '/books/about']) {
    const reply = await lookUp(g, path);
    must(
      reply.opRet < 0 && reply.opErrno === ENOENT,
      `There is no ${path}, and your storage answered: ${describeReply(reply)}. For a path that has nothing \`stat\` returns \`None\`, and the program is told ENOENT.`,
    );
  }
}

/** Checks the text of a whole file, after `what` was done. */
async function checkText(
  g: TestGraph,
  path: string,
  wanted: string,
  { what, advice }: { readonly what: string; readonly advice: string },
): Promise<void> {
  const text = decode(await awaitDone(g.read(path), `${what}, and it was read`, advice));
  must(
    text === wanted,
    `${what}. Then it has the text ${quote(text)}. It should have ${quote(wanted)}. ${advice}`,
  );
}

/** A character for each byte, as files may hold what is no text. */
const decode = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');

/** Quotes a text; `\0` stands for a zero. */
const quote = (text: string): string => JSON.stringify(text).replaceAll('\\u0000', '\\0');

async function checkReads(g: TestGraph): Promise<void> {
  for (const [path, text] of Object.entries(FILES)) {
    const bytes = await awaitDone(
      g.read(path),
      `The file ${path} was read`,
      '`read` returns the bytes of the file.',
    );
    must(
      decode(bytes) === text,
      `The file ${path} was read: ${quote(decode(bytes))}. It has the text ${quote(text)}: \`read\` returns its bytes.`,
    );
  }
  const text = FILES['/about'];
  // The last one begins behind the end.
  for (const [offset, size] of [
    [2, 7],
    [10, 100],
    [100, 10],
  ] as const) {
    const what = `A program asked for ${size} bytes of /about, from byte ${offset} on`;
    const advice = '`read` returns a part: `size` bytes from `offset` on, fewer only at the end.';
    const part = decode(await awaitDone(g.read('/about', size, offset), what, advice));
    const wanted = text.slice(offset, offset + size);
    must(part === wanted, `${what}, and got ${quote(part)} instead of ${quote(wanted)}. ${advice}`);
  }
}

async function checkWrites(g: TestGraph): Promise<void> {
  const what = 'MY was written into /about, from byte 13 on';
  const advice = '`write` puts `data` at `offset`, and what is before and behind it stays.';
  await awaitDone(g.write('/about', 'MY', 13), `Your files can be read. Then ${what}`, advice);
  await checkText(g, '/about', 'A storage of MY own.\n', { what, advice });
  const skipping = {
    what: 'The file /books/moby has 17 bytes, and a ! was written at byte 20',
    advice: 'What a program skips is filled with zeros.',
  };
  await awaitDone(g.write('/books/moby', '!', 20), skipping.what, skipping.advice);
  await checkText(g, '/books/moby', 'Call me Ishmael.\n\0\0\0!', skipping);
}

async function checkTruncations(g: TestGraph): Promise<void> {
  const advice = '`truncate` makes the file `size` bytes long: it cuts, or fills with zeros.';
  for (const [size, wanted] of [
    [7, 'Stately'],
    [9, 'Stately\0\0'],
  ] as const) {
    const what = `The size of /books/ulysses was set to ${size}`;
    await awaitDone(g.truncate('/books/ulysses', size), what, advice);
    await checkText(g, '/books/ulysses', wanted, { what, advice });
  }
  const what = 'All of /about was replaced, as > in a shell does';
  await awaitDone(g.write('/about', 'new\n'), what, advice);
  await checkText(g, '/about', 'new\n', { what, advice });
}

async function checkCreations(g: TestGraph): Promise<void> {
  const advice = '`create` adds the name to its folder, and an empty file.';
  for (const path of ['/note', '/books/dracula']) {
    const what = `A program made the file ${path}`;
    await awaitDone(g.write(path, '3 May.\n'), what, advice);
    await checkText(g, path, '3 May.\n', { what, advice });
  }
  await checkNames(g, '/', [...FOLDERS['/'], 'note'], advice);
  await checkNames(g, '/books', [...FOLDERS['/books'], 'dracula'], advice);
}

/** Describes the result of removing a file: the lesson does not ask for `remove`. */
const describeRemoval = (g: TestGraph): Promise<string> =>
  g.unlink('/note').then(
    () => 'Even removing works.',
    ({ errno }: { readonly errno: number }) =>
      `Then a program wanted to remove one: ${describeReply({ opRet: -1, opErrno: errno })}, for there is no \`remove\`.`,
  );
