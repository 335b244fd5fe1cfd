export { gradientsAreOurs, type RegisterGradientsOptions, registerGradients } from './register.ts';
export { kernelsWithoutGradient } from './without-gradient.ts';
