/**
 * Exports `glossa/recording`, for Node and browsers: reads recordings of requests
 * (`glossa trace -o FILE`; docs/write/recording.md).
 *
 *     const recording = openRecording(bytes);
 *     const walks = new Walks();
 *     for await (const event of recording.events()) walks.add(event);
 */

export type {
  DataSeen,
  DictPair,
  EntrySeen,
  FdSeen,
  ListSeen,
  LocSeen,
  StructSeen,
  ValueSeen,
} from './codec.ts';
export type * from './events.ts';
export { FORMAT_VERSION, type Head } from './format.ts';
export { type HopColumns, Outline, readOutline } from './outline.ts';
export { openRecording, type Part, type Recording } from './reader.ts';
export { RecordingError } from './recording-bytes.ts';
export type { ArgRow, FieldRow, FopTypes, Tables } from './tables.ts';
export {
  answeredHere,
  type HopSeen,
  ownNs,
  tookNs,
  type Walk,
  Walks,
} from './walk.ts';
