/** What is generated and where it goes; the tidy test compares it with what is checked in. */
import { generateFops } from './fops.ts';
import { generateGeneric } from './generic.ts';

export interface Output {
  readonly path: string;
  readonly text: string;
}

export function outputs(): Output[] {
  return [
    { path: 'runtime/core/fops.gen.ts', text: generateFops() },
    { path: 'runtime/core/generic.gen.ts', text: generateGeneric() },
  ];
}
