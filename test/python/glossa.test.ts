/** Runs the test cases of the Python package `glossa`: operations by path, and open files. */
import { describeModules } from './suite.ts';

describeModules('a volume in Python', 'test_paths', 'test_files');
