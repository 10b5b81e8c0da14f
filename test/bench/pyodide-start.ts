/**
 * Starts Pyodide without glossa, and runs a line of Python; a process of its own:
 *
 *   pyodide-start.cjs make SNAPSHOT    writes a snapshot of its memory
 *   pyodide-start.cjs load SNAPSHOT    starts from that
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { loadPyodide } from 'pyodide';

async function start(action: 'make' | 'load', file: string): Promise<void> {
  const isNew = action === 'make';
  const python = await loadPyodide(
    isNew ? { _makeSnapshot: true } : { _loadSnapshot: readFileSync(file) },
  );
  if (isNew) writeFileSync(file, python.makeMemorySnapshot());
  process.stdout.write(`${python.runPython('1 + 1')}\n`);
}

const [action, file] = process.argv.slice(2) as [action: 'make' | 'load', file: string];
void start(action, file);
