// Conv3D and Conv3DTranspose make each other, so one file holds both: two would import each other in a circle.
export { Conv3DTranspose, type Conv3DTransposeOptions } from './conv-3d.ts';
