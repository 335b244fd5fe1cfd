import { describe, expect, it } from 'vitest';
import { callArguments, withSonnetDefaults } from './call-site.ts';
import { methodParameters, parametersOf, parseSignatures } from './signatures.ts';

describe('callArguments', () => {
  it('passes what is required by position and the rest as options', () => {
    const call = { args: [], kwargs: { name: 'l', output_size: 3, use_bias: false } };
    expect(callArguments('Linear', parametersOf('Linear'), call)).toEqual([3, { useBias: false, name: 'l' }]);
  });

  it('finds optional parameters that Python gives by position', () => {
    const call = { args: ['x', 3], kwargs: {} };
    expect(callArguments('merge_leading_dims', parametersOf('merge_leading_dims'), call)).toEqual(['x', { nDims: 3 }]);
  });

  it('leaves the options away when there are none', () => {
    expect(callArguments('Linear', parametersOf('Linear'), { args: [3], kwargs: {} })).toEqual([3]);
    expect(callArguments('AddBias', parametersOf('AddBias'), { args: [], kwargs: {} })).toEqual([]);
  });

  it('names isTraining in the options although Python requires it', () => {
    const call = { args: ['x'], kwargs: { is_training: true } };
    expect(callArguments('', methodParameters(['BatchNorm'], '__call__'), call)).toEqual(['x', { isTraining: true }]);
  });

  it('passes lists of arguments on, and unknown keywords as options', () => {
    const call = { args: ['x', 'y'], kwargs: { is_training: true } };
    expect(callArguments('', methodParameters(['Module'], '__call__'), call)).toEqual(['x', 'y', { isTraining: true }]);
    expect(callArguments('', methodParameters(['NobodyKnows'], 'frob'), call)).toEqual([
      'x',
      'y',
      { isTraining: true },
    ]);
  });

  it('translates the names of parameters that are data', () => {
    const names = { args: ['m', ['is_training', 'foo']], kwargs: {} };
    expect(callArguments('', parametersOf('supports_kwargs'), names)).toEqual(['m', ['isTraining', 'foo']]);
    const kwargs = { args: ['m', { is_training: true }], kwargs: {} };
    expect(callArguments('', parametersOf('remove_unsupported_kwargs'), kwargs)).toEqual(['m', { isTraining: true }]);
    const keys = { args: [], kwargs: { output_size: 2, initializers: { w_gates: 1 } } };
    expect(callArguments('Linear', parametersOf('Linear'), keys)).toEqual([2, { initializers: { w_gates: 1 } }]);
  });

  it('keeps the place of what is required and missing', () => {
    const parameters = parseSignatures('f(a, b, c=)').get('f') ?? [];
    expect(callArguments('f', parameters, { args: [], kwargs: { b: 2 } })).toEqual([undefined, 2]);
    expect(callArguments('f', parameters, { args: [1], kwargs: {} })).toEqual([1]);
  });
});

describe('methodParameters', () => {
  it('takes those of the first class that lists the method, and else the shared ones', () => {
    expect(methodParameters(['MLP', 'AbstractModule'], 'transpose').map(({ name }) => name)).toEqual([
      'name',
      'activate_final',
    ]);
    expect(methodParameters(['Linear'], 'transpose').map(({ name }) => name)).toEqual(['name', 'kwargs']);
  });
});

describe('withSonnetDefaults', () => {
  it('puts the updates of batch normalization into the collection, as Sonnet does by default', () => {
    expect(withSonnetDefaults('BatchNorm', {})).toEqual({ update_ops_collection: 'update_ops' });
    expect(withSonnetDefaults('BatchNorm', { update_ops_collection: null })).toEqual({ update_ops_collection: null });
    expect(withSonnetDefaults('BatchNormV2', {})).toEqual({});
    expect(withSonnetDefaults('ConvNet2D', { use_batch_norm: true, batch_norm_config: { scale: true } })).toEqual({
      use_batch_norm: true,
      batch_norm_config: { update_ops_collection: 'update_ops', scale: true },
    });
  });
});
