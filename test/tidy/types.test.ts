/** Compares the stubs of the Python package with the package. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { startModule } from '../support/module.ts';

/** Compares the names that the stubs declare with those that the package has. */
const COMPARE = `
import ast
import glupy
from glupy import Translator

# Set by instances, handed on to a memoryview, or used among the package's own modules.
ELSEWHERE = {"id", "local", "cookie", "fop", "tobytes", "hex", "packed", "known"}

def declared(body):
    names = set()
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.AnnAssign):
            names.add(node.target.id)
        elif isinstance(node, ast.Assign):
            names.add(node.targets[0].id)
    return {name for name in names if not name.startswith("_")}

def of(cls):
    slots = [name for base in cls.__mro__ for name in vars(base) if base is not object]
    return {name for name in slots if not name.startswith("_")}


class xlator(Translator):
    def init(self):
        tree = ast.parse(STUBS)
        for name in glupy.__all__:
            if name not in declared(tree.body):
                self.log.error("not in the stubs: %s", name)
        for node in tree.body:
            if not isinstance(node, ast.ClassDef) or node.name.startswith("_"):
                continue
            cls = getattr(glupy, node.name, None)
            if cls is None or node.name in ("Translator", "Child", "Reply"):
                continue
            for name in declared(node.body) - of(cls) - ELSEWHERE:
                self.log.error("only in the stubs: %s.%s", node.name, name)
            own = {name for name in vars(cls) if not name.startswith("_")}
            for name in own - declared(node.body) - ELSEWHERE:
                self.log.error("not in the stubs: %s.%s", node.name, name)
`;

it('the stubs of glupy declare the names of the package', async () => {
  const stubs = readFileSync('python/glupy/__init__.pyi', 'utf8');
  const source = `STUBS = ${JSON.stringify(stubs)}\n${COMPARE}`;
  const run = await startModule({ 'm.py': source }, { options: { 'time-limit': '0' } });
  expect(run.takeLines().filter((line) => line.startsWith('E '))).toEqual([]);
});
