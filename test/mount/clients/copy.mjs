// copy.mjs FROM TO: copies a file, as a reflink where the file system can, and prints nothing.
import { constants, copyFileSync } from 'node:fs';

const [from, to] = process.argv.slice(2);
copyFileSync(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
