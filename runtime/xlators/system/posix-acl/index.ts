/**
 * Defines system/posix-acl, a second name of features/access-control: GlusterFS has the translator in a folder of that
 * name.
 */
import accessControl from '../../features/access-control/index.ts';

export default { ...accessControl, type: 'system/posix-acl' };
