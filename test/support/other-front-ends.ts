/**
 * To be imported before a file of tests, by the file of the same name that runs in `test:long`:
 *
 *     import '../support/other-front-ends.ts';
 *     import './shell.mount.test.ts';
 *
 * From then on only those groups are registered that try the same again in another way: by another
 * front end, on a stack that nobody would mount (see front-ends.ts, stage.ts), or in the ways that a file
 * leaves to `test:long` (wanted.ts).
 */
import { wanted } from './wanted.ts';

wanted.first = false;
wanted.others = true;
