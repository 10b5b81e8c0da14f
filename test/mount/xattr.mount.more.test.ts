/** As xattr.mount.test.ts: through bricks. */
import '../support/on-bricks.ts';
import './xattr.mount.test.ts';
