import { directory, Files } from 'glossa';

const encode = (text) => new TextEncoder().encode(text);

const FOLDERS = { '/': ['about', 'books'], '/books': ['moby', 'ulysses'] };
const FILES = {
  '/about': encode('A storage of my own.\n'),
  '/books/moby': encode('Call me Ishmael.\n'),
  '/books/ulysses': encode('Stately, plump Buck Mulligan.\n'),
};

/** Serves the files of an object. */
export class xlator extends Files {
  list(path) {
    return FOLDERS[path];
  }

  stat(path) {
    if (path in FOLDERS) return directory();
    return path in FILES ? FILES[path].length : null;
  }

  read(path, offset, size) {
    return FILES[path].slice(offset, offset + size);
  }

  write(path, offset, data) {
    const old = FILES[path];
    FILES[path] = new Uint8Array(Math.max(old.length, offset + data.length));
    FILES[path].set(old);
    FILES[path].set(data, offset);
  }

  truncate(path, size) {
    const old = FILES[path];
    FILES[path] = new Uint8Array(size);
    FILES[path].set(old.slice(0, size));
  }

  create(path) {
    const slash = path.lastIndexOf('/');
    FOLDERS[path.slice(0, slash) || '/'].push(path.slice(slash + 1));
    FILES[path] = encode('');
  }
}
