/** Writes `docs/recording.schema.json` from `runtime/observe/schema.ts`. */
import { recordingSchema } from '../../runtime/observe/schema.ts';

export const generateRecordingSchema = (): string =>
  `${JSON.stringify(recordingSchema, null, 2)}\n`;
