/** Makes graphs of volfiles that were checked. The caller starts them. */
import type { Context } from '../core/context.ts';
import { Graph } from '../core/graph.ts';
import type { LogLevels } from '../core/log.ts';
import type { VolumeSpec } from '../core/xlator.ts';
import type { VolfileDescription } from './description.ts';
import type { Registry } from './registry.ts';
import { formatPlace } from './source.ts';

/** Makes the volume specs of a description that was checked against the same registry. */
export function makeVolumeSpecs(description: VolfileDescription, registry: Registry): VolumeSpec[] {
  return description.volumes.map((volume) => ({
    name: volume.name.text,
    // An unknown type is impossible here, because the check has refused it.
    translator: registry.lookup(volume.type.text)!,
    options: volume.options.map(({ key, value }) => ({
      key: key.text,
      value: value.text,
      position: formatPlace(value.place),
    })),
    subvolumes: volume.subvolumes.map((word) => word.text),
    position: formatPlace(volume.name.place),
  }));
}

/** Makes the graph of a description. The caller has to `start` it. */
export function makeGraph(
  description: VolfileDescription,
  registry: Registry,
  context: Context,
  levels: LogLevels,
  graphId = 0,
): Graph {
  return new Graph(makeVolumeSpecs(description, registry), context, levels, graphId);
}
