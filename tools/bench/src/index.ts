export { type MeasureOptions, measure, measureAsync, type Timing } from './measuring/measure.ts';
export { type Comparison, overhead } from './overhead.ts';
