/**
 * To be imported before a file of tests, by the file of the same name that runs in `test:more`: from then
 * on only those groups are registered that try the same through bricks (see stage.ts).
 *
 *     import '../support/on-bricks.ts';
 *     import './shell.mount.test.ts';
 */
import { wanted } from './wanted.ts';

wanted.first = false;
wanted.bricks = true;
