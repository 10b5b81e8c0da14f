/** Serves a JSON document as folders and files, which can be read. */
import { attributes, directory, ENOENT, Files, FopError } from 'glossa';

const DOCUMENT = {
  title: 'Translators',
  authors: ['Ada', 'Grace'],
  chapters: { one: 'In the beginning', two: { text: 'More', pages: 12 } },
};

export class xlator extends Files {
  find(path) {
    return path
      .split('/')
      .filter((name) => name !== '')
      .reduce((value, name) => (Object(value) === value ? value[name] : undefined), DOCUMENT);
  }

  list(path) {
    return Object.keys(this.find(path));
  }

  stat(path) {
    const value = this.find(path);
    if (value === undefined) return null;
    return Object(value) === value ? directory() : attributes(this.read(path).length);
  }

  read(path) {
    const value = this.find(path);
    if (value === undefined) throw new FopError(ENOENT);
    return new TextEncoder().encode(`${value}\n`);
  }
}
