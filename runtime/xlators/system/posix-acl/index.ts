/** system/posix-acl: features/access-control, under the name of its folder in GlusterFS. */
import accessControl from '../../features/access-control/index.ts';

export default { ...accessControl, type: 'system/posix-acl' };
