// ConvNet2D and ConvNet2DTranspose make each other, so one file holds both: two would import each other in a circle.
export { ConvNet2DTranspose, type ConvNet2DTransposeOptions } from './conv-net-2d.ts';
