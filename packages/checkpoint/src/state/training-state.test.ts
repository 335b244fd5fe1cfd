import { describe, expect, it } from 'vitest';
import { CheckpointError } from '../checkpoint-error.ts';
import { parseJson } from './bounded-json.ts';
import { ExtraDecoder } from './extra.ts';
import { decodeState, encodeState } from './training-state.ts';

const state = {
  step: 5,
  random: {
    seed: -3,
    counters: new Map([
      ['', 2],
      ['net/drop', 7],
    ]),
  },
  optimizers: new Map([['optimizer', { className: 'Adam', iterations: 4, variables: ['w'] }]]),
  extra: { a: [1] },
};

describe('the state in a file', () => {
  it('is what was written', () => {
    expect(decodeState(encodeState(state))).toEqual(state);
    const empty = { step: null, random: { seed: 0, counters: new Map() }, optimizers: new Map(), extra: undefined };
    expect(decodeState(encodeState(empty))).toEqual(empty);
  });

  const changed = (changes: object) => JSON.stringify({ ...JSON.parse(encodeState(state)), ...changes });

  it.each([
    ['no JSON', '{', 'cannot be read'],
    ['no object', '[]', 'its state should be an object'],
    ['nothing', 'null', 'its state should be an object'],
    ['a later version', changed({ version: 2 }), 'has version 2 of its format; this program knows version 1'],
    ['no version', changed({ version: undefined }), 'has version undefined'],
    ['a step that is none', changed({ step: -1 }), 'its step should be an integer of at least 0'],
    ['a seed that is none', changed({ random: { seed: '1', counters: {} } }), 'its seed'],
    ['no counters', changed({ random: { seed: 1 } }), 'its random counters'],
    ['a counter that is none', changed({ random: { seed: 1, counters: { a: 0.5 } } }), 'its random counters'],
    ['an optimizer that is none', changed({ optimizers: { optimizer: 1 } }), 'its optimizer'],
    ['optimizers that are none', changed({ optimizers: [] }), 'its optimizers'],
    [
      'variables that are no texts',
      changed({ optimizers: { a: { className: '', iterations: 0, variables: [1] } } }),
      'an array of texts',
    ],
    [
      'a class that is no text',
      changed({ optimizers: { a: { className: 1, iterations: 0, variables: [] } } }),
      'should be a text',
    ],
    [
      'variables that come twice',
      changed({ optimizers: { a: { className: '', iterations: 0, variables: ['w', 'b', 'w'] } } }),
      'comes twice',
    ],
    ['the key __proto__', '{"__proto__":{"version":1}}', 'no key may be __proto__'],
    ['the key __proto__ deep inside', changed({ extra: null }).replace('null', '[{"__proto__":1}]'), '__proto__'],
  ])('must not have %s', (_, text, message) => {
    expect(() => decodeState(text)).toThrow(CheckpointError);
    expect(() => decodeState(text)).toThrow(message);
  });
});

it('must not be too long to be read', () => {
  const extra = 'x'.repeat(1 << 21);
  expect(() => encodeState({ ...state, extra })).toThrow('Put long lists of numbers into typed arrays or tensors.');
  expect(() => decodeState(JSON.stringify(extra))).toThrow('its state is too long');
});

describe('parseJson', () => {
  it('refuses what nests deeply before it makes anything of it', () => {
    expect(() => parseJson('['.repeat(1 << 22))).toThrow('more than 100 levels deep');
    expect(() => parseJson('{"a":'.repeat(1 << 20))).toThrow('more than 100 levels deep');
    expect(parseJson(`${'['.repeat(100)}${']'.repeat(100)}`)).toHaveLength(1);
  });

  it('counts no brackets inside of texts', () => {
    const text = `["${'['.repeat(200)}\\"${'{'.repeat(200)}"]`;
    expect(parseJson(text)).toEqual(JSON.parse(text));
    expect(parseJson('[[],[],[]]'.replace(/\[\]/g, '[[]]'))).toHaveLength(3);
  });
});

describe('ExtraDecoder', () => {
  const stored = { dtype: 'float32', shape: [1], bytes: () => new Uint8Array(4) };
  const tensors = new Map([
    ['extra:0', stored],
    ['extra:1', { ...stored, dtype: 'complex64' }],
    ['extra:2', { ...stored, shape: [1, 1, 1, 1, 1, 1, 1] }],
  ]);

  it.each([
    [{ $: 'nothing' }],
    [{ $: 1 }],
    [{ $: 'object' }],
    [{ $: 'object', value: null }],
    [{ $: 'tensor' }],
    [{ $: 'tensor', name: 'extra:9' }],
    [{ $: 'tensor', name: ['extra:0'] }],
    [{ $: 'tensor', name: 'extra:1' }],
    [{ $: 'tensor', name: 'extra:2' }],
    [{ $: 'array', name: 'extra:1' }],
    [{ $: 'array', name: 'toString' }],
  ])('refuses %o', (value) => {
    const decoder = new ExtraDecoder(tensors);
    expect(() => decoder.decode(value)).toThrow(CheckpointError);
    expect(decoder.tensors.size).toBe(0);
  });

  it('makes one tensor however often it is asked for', () => {
    const decoder = new ExtraDecoder(tensors);
    decoder.decode(new Array(1000).fill({ $: 'tensor', name: 'extra:0' }));
    expect(decoder.tensors.size).toBe(1);
    for (const tensor of decoder.tensors.values()) tensor.dispose();
  });
});
