/** Runs the test cases of the Python package `glossa` that start a server each, and those of asyncio. */
import { describeModules } from './suite.ts';

describeModules('the life of a volume in Python', 'test_life');
describeModules('replies in Python', 'test_replies');
describeModules('a volume in asyncio', 'test_aio');
