/** A recording for the page of `glossa trace --html`: requests that a script changes on their way. */
import { ENOENT } from '../../runtime/core/errno.ts';
import { unwind, wind } from '../../runtime/core/gen/fops.gen.ts';
import type { Graph } from '../../runtime/core/graph.ts';
import { IA_IFREG } from '../../runtime/core/iatt.ts';
import { defineTranslator } from '../../runtime/core/xlator.ts';
import type { Head } from '../../runtime/observe/format.ts';
import {
  ask,
  FakeContext,
  HeldLeaf,
  makeAttributes,
  makeGfid,
  makeLoc,
  startGraph,
} from '../support/core.ts';
import { makeTestHead } from '../support/test-recordings.ts';

/** The source of the volume `script`, in the file `m.py`. */
export const SOURCE = `def readv_fop(frame, xl, fd, size):
    # <b>no markup</b>
    return wind(size * 2)
`;

/** Tells of itself as bridges do; asks for double, and answers with a file ten times as large. */
const script = defineTranslator<null, Record<string, never>>({
  type: 'features/glupy',
  description: 'Changes what comes by.',
  children: [1, 1],
  options: {},
  fops: {
    lookup: (frame, xl, loc, xdata) => {
      xl.observer?.addNotes(frame, { method: 'lookup_fop', line: 'm.py:1', local: 'None' });
      xl.observer?.addNotes(frame, { method: 'lookup_fop', line: 'm.py:3', local: "{'seen': 1}" });
      wind.lookup(
        frame,
        0,
        (up, _cookie, _xl, opRet, opErrno, inode, buf, dict, post) => {
          if (buf !== null) buf.iaSize *= 10;
          unwind.lookup(up, opRet, opErrno, inode, buf, dict, post);
        },
        xl.children[0]!,
        loc,
        xdata,
      );
    },
    mkdir: (frame, xl, loc, mode, umask, xdata) =>
      wind.mkdir(
        frame,
        0,
        (up, _cookie, _xl, opRet, opErrno, inode, buf, pre, post, dict) =>
          unwind.mkdir(up, opRet, opErrno, inode, buf, pre, post, dict),
        xl.children[0]!,
        loc,
        mode & 0o700,
        umask,
        xdata,
      ),
  },
  init: () => null,
});

const SIZE = 42;

export async function startModuleGraph(): Promise<Graph> {
  const leaf = new HeldLeaf();
  const context = new FakeContext();
  const graph = await startGraph(
    [
      { translator: leaf.translator, name: 'storage' },
      { translator: script, name: 'script' },
    ],
    context,
  );
  let number = 100;
  leaf.onRequest = (request) => {
    context.advance(0.25);
    if (request.name !== 'lookup') return request.answer(-1, ENOENT, null, null, null, null, null);
    const [{ name }] = request.args as [{ name: string }];
    if (name.startsWith('gone')) return request.answer(-1, ENOENT, null, null, null, null);
    number += 1;
    const buf = makeAttributes(makeGfid(number), IA_IFREG);
    buf.iaSize = SIZE;
    request.answer(0, 0, null, buf, null, null);
  };
  return graph;
}

/** The volume is a script by its options. */
export const makeModuleHead = (graph: Graph): Head => {
  const head = makeTestHead(graph);
  const options = { 'module-name': 'm' };
  const volumes = head.volumes.map((volume) =>
    volume.name === 'script' ? { ...volume, options } : volume,
  );
  return { ...head, volumes };
};

export const lookUp = (graph: Graph, name: string): void =>
  void ask(graph, 'lookup', makeLoc(graph.inodes.root, name), null);

export const makeDirectory = (graph: Graph, name: string): void =>
  void ask(graph, 'mkdir', makeLoc(graph.inodes.root, name), 0o755, 0, null);
