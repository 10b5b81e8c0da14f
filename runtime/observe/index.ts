/**
 * Exports `glossa/recording`, for Node and browsers: reads recordings of requests
 * (`glossa trace -o FILE`; docs/write/recording.md).
 *
 *     const recording = openRecording(bytes);
 *     const walks = new Walks();
 *     for await (const event of recording.events()) walks.add(event);
 */

export type {
  DictPair,
  RecordedData as DataSeen,
  RecordedEntry as EntrySeen,
  RecordedFd as FdSeen,
  RecordedList as ListSeen,
  RecordedLoc as LocSeen,
  RecordedStruct as StructSeen,
  RecordedValue as ValueSeen,
} from './codec.ts';
export type * from './events.ts';
export type { NonRequestEvent as OtherEvent, RecordedVolume as VolumeSeen } from './events.ts';
export { FORMAT_VERSION, type Head } from './format.ts';
export { type HopColumns, Outline, readOutline } from './outline.ts';
export { openRecording, type Part, type Recording } from './reader.ts';
export { RecordingError } from './recording-bytes.ts';
export type { ArgRow, FieldRow, FopTypes, Tables } from './tables.ts';
export {
  computeDurationNs as tookNs,
  computeOwnNs as ownNs,
  hasRepliedItself as answeredHere,
  type RecordedHop as HopSeen,
  type Walk,
  Walks,
} from './walk.ts';
