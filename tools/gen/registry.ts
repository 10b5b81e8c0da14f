/** Generates the tables of translators in TypeScript (`registry.gen.ts`), from their folders. */
import { existsSync, readdirSync } from 'node:fs';

/** Lists the folders with an index.ts, as `category/name`, or as `name` without a category. */
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

/** Writes a key of an object as biome formats it. */
const formatKey = (folder: string): string => (/^\w+$/.test(folder) ? folder : `'${folder}'`);

/** Writes the table of the translators below a folder. */
export function generateRegistry(root: string): string {
  const rows = listTranslatorFolders(root).map(
    (f) => `  ${formatKey(f)}: () => import('./${f}/index.ts'),`,
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
