/** Serves a map as a folder of files, in which files can be made, written and removed. */
import { directory, Files, Option } from 'glossa';

/** Copies bytes to the start of a new array of `size`. */
const resize = (bytes, size) => {
  const resized = new Uint8Array(size);
  resized.set(bytes.subarray(0, size));
  return resized;
};

export class xlator extends Files {
  static options = { greeting: Option.str('Hello', { help: 'the text of the file hello' }) };

  init() {
    const text = `${this.options.greeting}, world\n`;
    this.files = new Map([['/hello', new TextEncoder().encode(text)]]);
  }

  list() {
    return Array.from(this.files.keys(), (path) => path.slice(1));
  }

  stat(path) {
    return path === '/' ? directory() : (this.files.get(path)?.length ?? null);
  }

  read(path, offset, size) {
    return this.files.get(path).subarray(offset, offset + size);
  }

  create(path) {
    this.files.set(path, new Uint8Array(0));
  }

  write(path, offset, data) {
    const before = this.files.get(path);
    const after = resize(before, Math.max(before.length, offset + data.length));
    after.set(data, offset);
    this.files.set(path, after);
  }

  truncate(path, size) {
    this.files.set(path, resize(this.files.get(path), size));
  }

  remove(path) {
    this.files.delete(path);
  }
}
