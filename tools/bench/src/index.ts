export { type MeasureOptions, measure, type Timing } from './measure.ts';
export { type Comparison, overhead } from './overhead.ts';
export { render } from './render.ts';
