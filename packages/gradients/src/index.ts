export function gradientsAreOurs(): boolean { return false; }
export function registerGradients(): void {}
