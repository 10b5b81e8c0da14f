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

/** A key as biome writes it. */
const key = (folder: string): string => (/^\w+$/.test(folder) ? folder : `'${folder}'`);

export function generateRegistry(): string {
  const rows = translatorFolders().map((f) => `  ${key(f)}: () => import('./${f}/index.ts'),`);
  return `/**
 * Generated from the folders of runtime/xlators by runtime/gen/registry.ts (npm run gen). Do not edit.
 */

/** Every translator that is written in TypeScript, by its type, which is also its folder. */
export const translators = {
${rows.join('\n')}
};
`;
}
