/** `Volume.opendir` beside Node's own. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import * as disk from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { FakeContext, makeTranslator, startGraph } from '../../test/support/core.ts';
import { makeFolder } from '../../test/support/folder.ts';
import { tail } from '../core/gen/fops.gen.ts';
import type { Translator } from '../core/xlator.ts';
import memory from '../xlators/storage/memory/index.ts';
import { Volume } from './volume.ts';

const FOLDERS = ['t', 't/a', 't/a/b', 't/a/empty', 't/c'];
const FILES = ['t/1', 't/a/2', 't/a/b/3', 't/a/b/4', 't/c/5'];
/** A symbolic link to the top, which no listing may follow. */
const LINK = 't/c/loop';

async function makeVolume(...above: readonly Translator<unknown>[]): Promise<Volume> {
  const volumes = [memory, ...above].map((translator) => ({ translator: translator as never }));
  const graph = await startGraph(volumes, new FakeContext());
  const volume = Volume.fromGraph(graph, { ownsGraph: true });
  onTestFinished(() => volume.close());
  for (const path of FOLDERS) await volume.mkdir(`/${path}`);
  for (const path of FILES) await volume.writeFile(`/${path}`, '');
  await volume.symlink('..', `/${LINK}`);
  return volume;
}

function makeTree(): string {
  const folder = makeFolder();
  for (const path of FOLDERS) mkdirSync(join(folder, path));
  for (const path of FILES) writeFileSync(join(folder, path), '');
  symlinkSync('..', join(folder, LINK));
  return folder;
}

interface Entry {
  readonly name: unknown;
  readonly parentPath: string;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

/** Reads all entries of an open directory, sorted by their paths. */
async function readAll(directory: AsyncIterable<Entry>, top: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const entry of directory) {
    const kind = entry.isDirectory() ? 'directory' : entry.isSymbolicLink() ? 'link' : 'file';
    lines.push(`${entry.parentPath.slice(top.length)} ${entry.name} ${kind}`);
  }
  return lines.sort();
}

describe('opendir', () => {
  it.each(['/t', '/t/', '/t/a/../../t'])(
    'with recursive returns the entries of Node for %s',
    async (path) => {
      const folder = makeTree();
      const expected = await readAll(
        await disk.opendir(folder + path, { recursive: true }),
        folder,
      );
      const volume = await makeVolume();
      const directory = await volume.opendir(path, { recursive: true });
      expect(await readAll(directory, '')).toEqual(expected);
      expect(expected).toHaveLength(FOLDERS.length + FILES.length);
      expect(directory.path).toBe(path);
    },
  );

  it('without recursive returns the entries of one directory', async () => {
    const volume = await makeVolume();
    expect(await readAll(await volume.opendir('/t'), '')).toEqual([
      ...['/t 1 file', '/t a directory', '/t c directory'],
    ]);
  });

  it('with recursive leaves out directories that are removed before they are read', async () => {
    const volume = await makeVolume();
    const names: unknown[] = [];
    for await (const { name } of await volume.opendir('/t', { recursive: true })) {
      names.push(name);
      if (name === 'a') await volume.rm('/t/a', { recursive: true });
    }
    expect(names.sort()).toEqual(['1', '5', 'a', 'c', 'loop']);
  });

  it('with recursive follows no symbolic link that replaces a directory', async () => {
    const volume = await makeVolume();
    await volume.mkdir('/secret');
    await volume.writeFile('/secret/file', '');
    const names: unknown[] = [];
    for await (const { name } of await volume.opendir('/t', { recursive: true })) {
      const isFirst = !names.includes('a');
      names.push(name);
      // The new link is listed, too.
      if (name !== 'a' || !isFirst) continue;
      await volume.rm('/t/a', { recursive: true });
      await volume.symlink('../secret', '/t/a');
    }
    expect(names).not.toContain('file');
  });

  it('with recursive fails with ERR_DIR_CLOSED after a close while a directory below is opened', async () => {
    let reply: (() => void) | undefined;
    const hold = makeTranslator('hold', {
      opendir(frame, xl, loc, ...args) {
        const next = (): void => tail.opendir(frame, xl.children[0]!, loc, ...args);
        if (loc.path !== '/t') reply = next;
        else next();
      },
    });
    const volume = await makeVolume(hold);
    const directory = await volume.opendir('/t', { recursive: true });
    for (let i = 0; i < 3; i++) await directory.read();
    const outcome = expect(directory.read()).rejects.toMatchObject({ code: 'ERR_DIR_CLOSED' });
    await vi.waitFor(() => expect(reply).toBeDefined());
    await directory.close();
    reply!();
    await outcome;
  });
});
