/** Generates the tables of translators written in TypeScript, from their folders. */
import { existsSync, readdirSync } from 'node:fs';

/** `category/name` of every folder with an index.ts; without a category, just the name. */
function listTranslatorFolders(root: string): string[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((category) => category.isDirectory())
    .flatMap(({ name: category }) => [
      category,
      ...readdirSync(`${root}/${category}`).map((name) => `${category}/${name}`),
    ])
    .filter((folder) => existsSync(`${root}/${folder}/index.ts`))
    .sort();
}

/** A key as biome writes it. */
const writeKey = (folder: string): string => (/^\w+$/.test(folder) ? folder : `'${folder}'`);

/** The table of the translators below a folder. */
export function generateRegistry(root: string): string {
  const rows = listTranslatorFolders(root).map(
    (f) => `  ${writeKey(f)}: () => import('./${f}/index.ts'),`,
  );
  return `/**
 * Generated from the folders of ${root} by tools/gen/registry.ts (npm run gen). Do not edit.
 */

/** Every translator of this folder, by its type, which is also its path. */
export const translators = {
${rows.join('\n')}
};
`;
}
