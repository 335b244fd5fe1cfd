// Conv2D and Conv2DTranspose make each other, so one file holds both: two would import each other in a circle.
export { Conv2DTranspose, type Conv2DTransposeOptions } from './conv-2d.ts';
