export * from '@sonnetjs/core';
export * from '@sonnetjs/layers';
