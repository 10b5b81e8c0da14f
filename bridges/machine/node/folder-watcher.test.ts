import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { makeFolder } from '../../../test/support/folder.ts';
import { watchFolder } from './folder-watcher.ts';

const PATIENCE = { timeout: 50_000 };

function startWatcher() {
  const home = makeFolder();
  const folder = join(home, 'code');
  mkdirSync(folder);
  writeFileSync(join(folder, 'm.py'), 'one');
  const changed = vi.fn();
  const failed = vi.fn();
  const end = watchFolder(folder, ['.py'], { onChange: changed, onFailure: failed });
  onTestFinished(() => {
    end();
    expect(failed).not.toHaveBeenCalled();
  });
  /** Saves a file, and waits for the watcher's call. */
  const expectChange = async (save: () => void): Promise<void> => {
    const before = changed.mock.calls.length;
    save();
    await vi.waitFor(() => expect(changed.mock.calls.length).toBeGreaterThan(before), PATIENCE);
  };
  return { folder, changed, expectChange, end };
}

it('a folder watcher reports files that are written, replaced, created or removed', async () => {
  const { folder, expectChange } = startWatcher();
  await expectChange(() => writeFileSync(join(folder, 'm.py'), 'number two'));
  await expectChange(() => {
    writeFileSync(join(folder, 'm.tmp'), 'number three');
    renameSync(join(folder, 'm.tmp'), join(folder, 'm.py'));
  });
  await expectChange(() => writeFileSync(join(folder, 'n.py'), ''));
  await expectChange(() => rmSync(join(folder, 'n.py')));
});

it('a folder watcher ignores files with other extensions, and reports nothing after it is stopped', async () => {
  const { folder, changed, expectChange, end } = startWatcher();
  // A second watcher for those files proves that the event came: the first would have seen it too.
  const notes = vi.fn();
  onTestFinished(watchFolder(folder, ['.txt'], { onChange: notes, onFailure: vi.fn() }));
  for (const text of ['text', 'a longer text']) {
    notes.mockClear();
    writeFileSync(join(folder, 'notes.txt'), text);
    await vi.waitFor(() => expect(notes).toHaveBeenCalled(), PATIENCE);
  }
  expect(changed).not.toHaveBeenCalled();
  await expectChange(() => writeFileSync(join(folder, 'm.py'), 'number two'));
  expect(changed).toHaveBeenCalledTimes(1);
  end();
  // A second watcher of the same folder shows that the event came.
  const second = vi.fn();
  const endSecond = watchFolder(folder, ['.py'], { onChange: second, onFailure: vi.fn() });
  onTestFinished(endSecond);
  for (const text of ['number three', 'number four and more']) {
    second.mockClear();
    writeFileSync(join(folder, 'm.py'), text);
    await vi.waitFor(() => expect(second).toHaveBeenCalled(), PATIENCE);
  }
  expect(changed).toHaveBeenCalledTimes(1);
});

it('a folder watcher reports changes in a folder that is removed and created again', async () => {
  const { folder, expectChange } = startWatcher();
  await expectChange(() => {
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    writeFileSync(join(folder, 'm.py'), 'number two');
  });
  await expectChange(() => writeFileSync(join(folder, 'm.py'), 'number three'));
});
