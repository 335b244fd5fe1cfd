export { expectNoLeak, type LeakAllowance } from './expect-no-leak.ts';
