/**
 * Handles (numbers of inodes, fds and requests) in a hosted module: it can use only those that the
 * host passed to it, while the volume has them. Any other number is refused and logged.
 */
import { describe, expect, it } from 'vitest';
import { Dict } from '../../../runtime/core/dict.ts';
import { Fd } from '../../../runtime/core/operands.ts';
import { type RunningModule, startModule } from '../../../test/support/module.ts';
import { expose } from './exposed-inodes.ts';

/** Tries every host function with the numbers in `xdata["ids"]`, and logs those that succeed. */
const PYTHON = `from glupy import *
import json
from _glossa import _host

def tried(f, *args):
    try: return f(*args)
    except Exception as error: return type(error).__name__

class xlator(Translator):
    def stat(self, frame, loc, xdata):
        ids = json.loads(xdata["ids"])
        found = []
        for id in ids:
            found += [tried(_host.inode, id), tried(_host.track, id), tried(_host.fd, id)]
            found += [tried(_host.track_fd, id), tried(_host.close_fd, id)]
            found += [tried(_host.root, 10**6 + id), tried(_host.fetch, 10**6 + id, -1, 0)]
            found += [tried(_host.dict, 10**6 + id, -1, 1), tried(_host.data, 10**6 + id, -1, 0)]
            found += [tried(_host.alive, 10**6 + id), tried(_host.lost, 10**6 + id)]
            found += [tried(_host.push, 10**6 + id, '["unwind", 0, 0, []]')]
            found += [tried(_host.invalidate, json.dumps(["inode", id, True]))]
        self.log.info("FOUND %s", [f for f in found if f not in (None, 0, "RuntimeError")])
        frame.fail(EPERM)

    def access(self, frame, loc, mask, xdata):
        self.kept = loc.inode
        frame.fail(EPERM)

    def readlink(self, frame, loc, size, xdata):
        self.log.info("FOUND %s", [self.kept.path, loc.inode.path, loc.path])
        frame.fail(EPERM)
`;

const JAVASCRIPT = `import { EPERM, Fd, Inode, Translator } from 'glossa';
const tried = (f) => { try { return f(); } catch (error) { return error.name; } };
export class xlator extends Translator {
  stat(frame, loc, xdata) {
    const found = [];
    for (const id of JSON.parse(xdata.get('ids'))) {
      found.push(tried(() => new Inode(id).path), tried(() => new Inode(id).gfid));
      found.push(tried(() => new Inode(id).ctx), tried(() => new Fd(id).flags));
      found.push(tried(() => new Fd(id).inode), tried(() => new Fd(id).close()));
    }
    const refused = ['HandleExpired', 'Error'];
    this.log.info('FOUND %s', JSON.stringify(found.filter((name) => !refused.includes(name))));
    frame.fail(EPERM);
  }
  access(frame, loc) {
    this.kept = loc.inode;
    frame.fail(EPERM);
  }
  readlink(frame, loc) {
    this.log.info('FOUND %s', JSON.stringify([this.kept.path, loc.inode.path, loc.path]));
    frame.fail(EPERM);
  }
}
`;

const MODULES: readonly (readonly [language: string, files: Record<string, string>])[] = [
  ['Python', { 'm.py': PYTHON }],
  ['JavaScript', { 'm.js': JAVASCRIPT }],
];

const start = (files: Record<string, string>): Promise<RunningModule> =>
  startModule(files, { options: { 'time-limit': '60' } });

/** The logged successes and refusals. */
function told(run: RunningModule): { found: unknown; refused: string[] } {
  const lines = run.takeLines();
  const found = lines.find((line) => line.includes('FOUND '))?.replace(/^.*FOUND /s, '');
  const refused = lines
    .filter((line) => line.includes('refused: '))
    .map((line) => line.replace(/^.*?refused: /, ''));
  return { found: JSON.parse((found ?? 'null').replaceAll("'", '"')), refused };
}

const ask = (run: RunningModule, ids: readonly number[]) =>
  run.ask('stat', run.knownLoc('a'), Dict.of({ ids: JSON.stringify(ids) }));

describe.each(MODULES)('handles of a %s module', (_language, files) => {
  it('from other volumes, or never passed to the module, are refused', async () => {
    const run = await start(files);
    // Inodes that the volume knows and never passed to the module.
    const others = ['secret', 'other', 'third'].map((name) => run.knownLoc(name).inode!);
    // One inode is exposed to another volume's module.
    expose(others[1]!, run.xl.below[0]!);
    // An fd whose number no inode has.
    let opened = new Fd(others[2]!, 0, 1, false);
    for (; opened.id < 500; opened = new Fd(others[2]!, 0, 1, false)) opened.release();
    ask(run, [...others.map(({ id }) => id), opened.id]);
    const { found, refused } = told(run);
    expect(found).toEqual([]);
    expect(refused.join('\n')).toContain('an inode that the module was not given');
    expect(refused.join('\n')).toContain('an fd that the module was not given');
    opened.release();
    run.expectSettled();
  });

  it('with invented numbers are refused, and logged once', async () => {
    const run = await start(files);
    const ids = [...Array(300).keys()].map((i) => i + 1000).concat([-1, -2, 2 ** 31, 2 ** 53, 0.5]);
    ask(run, ids);
    const { found, refused } = told(run);
    expect(found).toEqual([]);
    expect(new Set(refused).size).toBe(refused.length);
    ask(run, ids);
    expect(told(run)).toEqual({ found: [], refused: [] });
    run.expectSettled();
  });

  it('passed in earlier stay valid until the volume forgets their inode', async () => {
    const run = await start(files);
    run.ask('access', run.knownLoc('kept'), 1, null);
    const other = run.knownLoc('other');
    run.ask('readlink', other, 10, null);
    expect(told(run).found).toEqual(['/kept', '/other', '/other']);
    const kept = run.knownLoc('kept').inode!;
    run.graph.inodes.unlink(run.root, 'kept');
    ask(run, [kept.id]);
    const { found, refused } = told(run);
    expect(found).toEqual([]);
    expect(refused.join('\n')).toContain('or no longer has');
    run.expectSettled();
  });
});
