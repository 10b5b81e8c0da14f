/** Tests that isomorphic-git works on `volume.fs`, with a repository of git on the disk. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import git, { type HttpClient } from 'isomorphic-git';
import { expect, it } from 'vitest';
import { Volume } from '../../runtime/api/volume.ts';
import memory from '../../runtime/xlators/storage/memory/index.ts';
import { testContext } from '../contract/driver.ts';
import { startGraph } from '../support/core.ts';
import { makeFolder } from '../support/folder.ts';

const author = { name: 'A. Tester', email: 'tester@example.org' };
const identity = {
  GIT_AUTHOR_NAME: author.name,
  GIT_AUTHOR_EMAIL: author.email,
  GIT_COMMITTER_NAME: author.name,
  GIT_COMMITTER_EMAIL: author.email,
};

/** A repository with two commits, a folder and a link. */
function makeRepository(): string {
  const folder = makeFolder();
  const run = (...args: string[]) =>
    execFileSync('git', args, { cwd: folder, env: { ...process.env, ...identity } });
  run('init', '-q', '-b', 'main');
  mkdirSync(join(folder, 'src'));
  writeFileSync(join(folder, 'README'), 'first\n');
  writeFileSync(join(folder, 'src/large'), Buffer.alloc(300_000, 'abc'));
  run('add', '.');
  run('commit', '-q', '-m', 'first');
  writeFileSync(join(folder, 'README'), 'second\n');
  run('commit', '-q', '-a', '-m', 'second');
  return folder;
}

/** Speaks the smart HTTP protocol with `git upload-pack`, without a server. */
const httpTo = (folder: string): HttpClient => ({
  async request({ url, method = 'GET', body }) {
    const parts: Uint8Array[] = [];
    for await (const part of body ?? []) parts.push(part);
    const isListing = method === 'GET';
    const args = ['upload-pack', '--stateless-rpc', ...(isListing ? ['--advertise-refs'] : [])];
    // A listing reads no input, and may end before it could be written.
    const child = spawn('git', [...args, folder], {
      stdio: [isListing ? 'ignore' : 'pipe', 'pipe', 'inherit'],
    });
    child.stdin?.end(Buffer.concat(parts));
    const out: Uint8Array[] = isListing ? [Buffer.from('001e# service=git-upload-pack\n0000')] : [];
    for await (const part of child.stdout!) out.push(part);
    const kind = isListing ? 'advertisement' : 'result';
    return {
      url,
      method,
      headers: { 'content-type': `application/x-git-upload-pack-${kind}` },
      body: out as never,
      statusCode: 200,
      statusMessage: 'OK',
    };
  },
});

it('isomorphic-git clones, commits and checks out on volume.fs', async () => {
  const folder = makeRepository();
  const graph = await startGraph([{ translator: memory }] as never, testContext());
  await using volume = Volume.fromGraph(graph, { ownsGraph: true });
  const { fs } = volume;
  const repository = { fs, dir: '/clone' };

  await git.clone({ ...repository, http: httpTo(folder), url: 'http://repository' });
  expect(await volume.readFile('/clone/README', 'utf8')).toBe('second\n');
  expect((await volume.stat('/clone/src/large')).size).toBe(300_000);

  await volume.writeFile('/clone/README', 'third\n');
  expect(await git.status({ ...repository, filepath: 'README' })).toBe('*modified');
  await git.add({ ...repository, filepath: 'README' });
  await git.commit({ ...repository, message: 'third', author });
  const log = await git.log(repository);
  expect(log.map(({ commit }) => commit.message)).toEqual(['third\n', 'second\n', 'first\n']);

  await git.checkout({ ...repository, ref: log[2]!.oid });
  expect(await volume.readFile('/clone/README', 'utf8')).toBe('first\n');
  await git.checkout({ ...repository, ref: 'main' });
  expect(await volume.readFile('/clone/README', 'utf8')).toBe('third\n');
  expect(await git.statusMatrix(repository)).toEqual([
    ['README', 1, 1, 1],
    ['src/large', 1, 1, 1],
  ]);
});
