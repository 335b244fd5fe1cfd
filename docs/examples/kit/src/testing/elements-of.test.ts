import { expect, it } from 'vitest';
import { elementsOf } from './elements-of.ts';

it('gives the names of elements', () => {
  expect(elementsOf('<svg a="1" b-c="2"><g><path d="M0"/></g>a &amp; b</svg>')).toEqual(['svg', 'g', 'path']);
});

it.each([
  ['<svg><g></svg></g>', '</svg> closes another element.'],
  ['<svg><g></g>', 'Not closed: svg.'],
  ['<svg a=1></svg>', 'closes another element'],
  ['<svg>a & b</svg>', 'Neither text nor an element: & b'],
  ['a < b', 'Neither text nor an element: < b'],
])('refuses %s', (xml, message) => {
  expect(() => elementsOf(xml)).toThrow(message);
});
