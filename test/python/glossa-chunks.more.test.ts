/** Runs the test cases of `glossa.chunks`, and of the chunks of `glossa.aio`. */
import { describeModules } from './suite.ts';

describeModules('chunks in Python', 'test_chunks', 'test_chunk_locks');
describeModules('chunks in asyncio', 'test_aio_chunks');
