import { describe, expect, it } from 'vitest';
import { ValueError } from './errors.ts';
import { nameForCallable, toSnakeCase } from './naming.ts';

describe('toSnakeCase', () => {
  it.each([
    ['Linear', 'linear'],
    ['MLP', 'mlp'],
    ['BatchNorm', 'batch_norm'],
    ['BatchNormLSTM', 'batch_norm_lstm'],
    ['Conv2DTranspose', 'conv_2d_transpose'],
    ['InPlaneConv2D', 'in_plane_conv_2d'],
    ['AlexNetMini', 'alex_net_mini'],
    ['camelCase', 'camel_case'],
    ['ABCDef', 'abc_def'],
    ['A', 'a'],
    ['_Private', 'private'],
    ['VectorQuantizerEMA', 'vector_quantizer_ema'],
    ['Foo_Bar', 'foo__bar'],
    ['X2Y', 'x2y'],
    ['ACTCore', 'act_core'],
    ['HTTPServer2Layer', 'http_server_2_layer'],
    ['a1b2c_d3', 'a_1b2c_d_3'],
    ['snake_case', 'snake_case'],
    ['__x__', 'x'],
  ])('turns %s into %s', (camelCase, snakeCase) => {
    expect(toSnakeCase(camelCase)).toBe(snakeCase);
  });

  it.each(['', '1abc', 'a b', 'a-b', 'a\n'])('refuses %j', (text) => {
    expect(() => toSnakeCase(text)).toThrow(ValueError);
    expect(() => toSnakeCase(text)).toThrow(`${JSON.stringify(text)} is not a valid identifier`);
  });
});

describe('nameForCallable', () => {
  it('is the name of a function in snake case', () => {
    function makeModel(): void {}
    const arrowFunction = () => 0;
    expect([nameForCallable(makeModel), nameForCallable(arrowFunction)]).toEqual(['make_model', 'arrow_function']);
  });

  it('is the name of the function that was bound', () => {
    function makeModel(): void {}
    expect(nameForCallable(makeModel.bind(null).bind(null))).toBe('make_model');
  });

  it('is null for functions without a usable name', () => {
    const odd = { 'not a name': () => 0, [Symbol('s')]: () => 0 };
    const deleted = Object.assign(() => 0, {});
    delete (deleted as { name?: string }).name;
    expect(nameForCallable(() => 0)).toBeNull();
    expect(nameForCallable(odd['not a name'])).toBeNull();
    expect(nameForCallable(Object.defineProperty(() => 0, 'name', { value: 5 }))).toBeNull();
    expect(nameForCallable(deleted)).toBeNull();
  });
});
