/** Lists what the volumes of a volfile reach, before anything starts: the union over a graph. */
import { GraphError } from '../core/errors.ts';
import { checkOptions, genericOptions } from '../core/options.ts';
import type { VolumeReach } from '../core/reach.ts';
import type { VolfileDescription } from './description.ts';
import { makeVolumeSpecs } from './make-graph.ts';
import type { Registry } from './registry.ts';

/**
 * Lists the reach of each volume, in the order of the volfile.
 * @param baseDir the folder from which relative paths start
 * @throws {GraphError} that names each volume whose files are not found
 */
export function listGraphReach(
  description: VolfileDescription,
  registry: Registry,
  baseDir: string,
): VolumeReach[] {
  const problems: string[] = [];
  const reach = makeVolumeSpecs(description, registry).flatMap((spec): VolumeReach[] => {
    const { name, translator, options, position } = spec;
    const specs = { ...genericOptions, ...translator.options };
    const { values } = checkOptions(specs, options, { openOptions: true });
    try {
      const ownReach = translator.reach?.(values, baseDir) ?? [];
      return ownReach.map((item) => ({ ...item, volume: name }));
    } catch (error) {
      problems.push(`${position}: volume '${name}' (${translator.type}): ${describe(error)}`);
      return [];
    }
  });
  if (problems.length > 0) throw new GraphError(problems);
  return reach;
}

const describe = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
