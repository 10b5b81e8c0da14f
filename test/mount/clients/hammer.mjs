// Looks up absent names without a pause until its input ends. For every line of input it prints the
// number of replies so far.
import { statSync } from 'node:fs';

let answers = 0;
let over = false;

function more() {
  for (let i = 0; i < 200; i++) {
    if (statSync(`absent${answers % 50}`, { throwIfNoEntry: false }) !== undefined) process.exit(1);
    answers += 1;
  }
  if (answers === 1000) console.log('started');
  if (!over) setImmediate(more);
}

process.stdin
  .on('data', () => console.log(answers))
  .on('end', () => {
    over = true;
  });
more();
