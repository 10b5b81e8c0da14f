/** Serves a map as a folder of files, in which files can be made, written and removed. */
import { defineFiles } from 'glossa';

/** Copies bytes to the start of a new array of `size`. */
const resize = (bytes: Uint8Array, size: number): Uint8Array => {
  const resized = new Uint8Array(size);
  resized.set(bytes.subarray(0, size));
  return resized;
};

export default defineFiles({
  type: 'storage/{{NAME}}',
  description: 'A folder of files in memory.',
  init() {
    const files = new Map<string, Uint8Array>([['/hello', Buffer.from('Hello, world\n')]]);
    return {
      list: () => Array.from(files.keys(), (path) => path.slice(1)),
      stat: (path) => (path === '/' ? { type: 'directory' } : (files.get(path)?.length ?? null)),
      read: (path, offset, size) => files.get(path)!.subarray(offset, offset + size),
      create: (path) => void files.set(path, new Uint8Array(0)),
      write(path, offset, data) {
        const before = files.get(path)!;
        const after = resize(before, Math.max(before.length, offset + data.length));
        after.set(data, offset);
        files.set(path, after);
        return undefined;
      },
      truncate: (path, size) => void files.set(path, resize(files.get(path)!, size)),
      remove: (path) => void files.delete(path),
    };
  },
});
