/** Takes the types out of TypeScript; lines stay where they are. */
import { createRequire } from 'node:module';

type Sucrase = typeof import('sucrase');

let sucrase: Sucrase | undefined;

/** @throws {Error} with file and line for what is no TypeScript. */
export function stripTypes(source: string, path: string): string {
  sucrase ??= createRequire(import.meta.url)('sucrase') as Sucrase;
  const { code } = sucrase.transform(source, {
    transforms: ['typescript'],
    disableESTransforms: true,
    filePath: path,
  });
  return code;
}
