export { type BackendDescription, type DescribeBackendsOptions, describeBackends } from './describe-backends.ts';
export { type NodeOptions, node } from './node.ts';
