/** Writes `runtime/xlators/registry.gen.ts`: every translator folder, found by looking. */
import { existsSync, readdirSync } from 'node:fs';

const ROOT = 'runtime/xlators';

/** `category/name` of every folder with an index.ts; or just a name, for one that has no category. */
function translatorFolders(): string[] {
  return readdirSync(ROOT, { withFileTypes: true })
    .filter((category) => category.isDirectory())
    .flatMap(({ name: category }) => [
      category,
      ...readdirSync(`${ROOT}/${category}`).map((name) => `${category}/${name}`),
    ])
    .filter((folder) => existsSync(`${ROOT}/${folder}/index.ts`))
    .sort();
}

export function generateRegistry(): string {
  const folders = translatorFolders();
  const name = (folder: string) =>
    folder.replace(/[^a-z0-9]+([a-z0-9])/g, (_, c: string) => c.toUpperCase());
  return `/**
 * Generated from the folders of runtime/xlators by runtime/gen/registry.ts (npm run gen). Do not edit.
 */
import type { Translator } from '../core/xlator.ts';
${folders.map((f) => `import ${name(f)} from './${f}/index.ts';`).join('\n')}

/** Every translator that is written in TypeScript, in order of type. */
export const translators = [
${folders.map((f) => `  ${name(f)},`).join('\n')}
] as unknown as readonly Translator<unknown>[];
`;
}
