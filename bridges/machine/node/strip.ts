/** Takes the types out of TypeScript; lines stay where they are. */
import { sucrase } from './sucrase.ts';

/** @throws {Error} with file and line for what is no TypeScript. */
export function stripTypes(source: string, path: string): string {
  const { code } = sucrase().transform(source, {
    transforms: ['typescript'],
    disableESTransforms: true,
    filePath: path,
  });
  return code;
}
