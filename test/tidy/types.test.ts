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

/** The same for the classes that tests work with. */
const COMPARE_TESTING = `
import ast
import glupy.testing
from glupy import Translator

def names_of(names):
    return {name for name in names if not name.startswith("_")}

class xlator(Translator):
    def init(self):
        for node in ast.parse(STUBS).body:
            if not isinstance(node, ast.ClassDef) or node.name.startswith("_"):
                continue
            cls = getattr(glupy.testing, node.name)
            bases = [cls, *(base for base in cls.__mro__ if base.__name__ == "Files")]
            own = names_of(name for base in bases for name in vars(base))
            declared = {one.name for one in node.body if isinstance(one, ast.FunctionDef)}
            declared |= {one.name for one in node.body if isinstance(one, ast.AsyncFunctionDef)}
            if node.name in ("Child", "Graph"):
                declared |= FILES
            if node.name in ("Asked", "Invalidated", "LogLine"):
                declared = {one.target.id for one in node.body if isinstance(one, ast.AnnAssign)}
                own = set(cls._fields)
            if names_of(declared) != own:
                self.log.error("%s: %s", node.name, sorted(names_of(declared) ^ own))
        for name in glupy.testing.__all__:
            if f" {name}(" not in STUBS and f" {name}:" not in STUBS:
                self.log.error("not in the stubs: %s", name)

FILES = {
    one.name
    for node in ast.parse(STUBS).body
    if isinstance(node, ast.ClassDef) and node.name == "_Files"
    for one in node.body
    if isinstance(one, ast.AsyncFunctionDef)
}
`;

it('the stubs of glupy.testing declare the names of the package', async () => {
  const stubs = readFileSync('python/glupy/testing.pyi', 'utf8');
  const source = `STUBS = ${JSON.stringify(stubs)}\n${COMPARE_TESTING}`;
  const run = await startModule({ 'm.py': source }, { options: { 'time-limit': '0' } });
  expect(run.takeLines().filter((line) => line.startsWith('E '))).toEqual([]);
});
