/** Strips the types from TypeScript source, so that all lines keep their numbers. */
import { loadSucrase } from './sucrase.ts';

/** Returns the source without types. @throws {Error} with file and line for a syntax error */
export function stripTypes(source: string, path: string): string {
  const { code } = loadSucrase().transform(source, {
    transforms: ['typescript'],
    disableESTransforms: true,
    filePath: path,
  });
  return code;
}
