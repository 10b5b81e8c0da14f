/** The entry point `glossa/chunks`: chunks of block storage on a volume. */
export { Chunk } from './chunk.ts';
export { formatChunkName } from './chunk-name.ts';
export {
  ChunkStore,
  type ChunkStoreSettings,
  type OpenOptions,
  type RequestOptions,
} from './chunk-store.ts';
