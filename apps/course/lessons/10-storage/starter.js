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
    return [];
  }

  stat(path) {
    return path === '/' ? directory() : null;
  }

  read(path, offset, size) {
    return encode('');
  }
}
