/** As xattr.mount.test.ts: by the other front ends, on the other stacks. */
import '../support/other-front-ends.ts';
import './xattr.mount.test.ts';
