import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { resetDefaultGraph } from '../graph/default-graph.ts';
import { Graph } from '../graph/graph.ts';
import { getNameScope, nameScope } from '../graph/name-scoping.ts';
import { ones, zeros } from '../initializers/index.ts';
import { variableScope } from '../variables/enter-scope.ts';
import { getVariable } from '../variables/get-variable.ts';
import { globalVariables } from '../variables/variable-lists.ts';
import { variableName } from '../variables/variable-name.ts';
import type { VariableScope } from '../variables/variable-scope.ts';
import { AbstractModule } from './abstract-module.ts';
import { type HasVariableScope, reuseVariables } from './reuse-variables.ts';

const get = (name: string): tf.Variable => getVariable(name, { shape: [], initializer: ones() }) as tf.Variable;

/** A module with two shared methods, a shared getter, and a build that uses one of them. */
class Coder extends AbstractModule<[x: tf.Tensor], tf.Tensor> {
  static {
    reuseVariables(Coder, 'encode', 'decodeBack');
    reuseVariables(Coder, 'gain');
  }

  constructor(name = 'coder') {
    super({ name });
  }

  encode(x: tf.Tensor): tf.Tensor {
    return tf.mul(x, get('encoder'));
  }

  decodeBack(x: tf.Tensor, scopes: string[] = []): tf.Tensor {
    scopes.push(getNameScope());
    return tf.div(x, get('decoder'));
  }

  get gain(): tf.Variable {
    return get('gain');
  }

  /** Not shared. */
  plain(): tf.Variable {
    return get('plain');
  }

  protected override build(x: tf.Tensor): tf.Tensor {
    return tf.add(this.encode(x), get('bias'));
  }
}

/** An object that is no module, after the example of Sonnet's reference. */
class Holder {
  readonly variableScope: VariableScope;

  constructor(defaultName: string) {
    this.variableScope = variableScope(null, { defaultName }, (scope) => scope);
  }

  readonly addX = reuseVariables(function addX(this: HasVariableScope, x: tf.Tensor): tf.Tensor {
    return tf.add(x, getVariable('x', { shape: x.shape, initializer: ones() }));
  });
}

const names = (): string[] => globalVariables().map(variableName);

beforeEach(() => {
  resetDefaultGraph();
});

describe('a shared method', () => {
  it('makes its variables at the first call, and uses them at every later one', () => {
    const coder = new Coder();
    const x = tf.scalar(3);
    coder.encode(x);
    coder.encode(x);
    coder.decodeBack(x);
    expect(names()).toEqual(['coder/encoder', 'coder/decoder']);
    expect(coder.gain).toBe(coder.gain);
  });

  it('shares with the connections of the module, whichever comes first', () => {
    const [before, after] = [new Coder(), new Coder()];
    const x = tf.scalar(3);
    before.encode(x);
    expect(before(x).dataSync()[0]).toBe(4);
    expect(after(x).dataSync()[0]).toBe(4);
    after.encode(x);
    after(x);
    expect(names()).toEqual(['coder/encoder', 'coder/bias', 'coder_1/encoder', 'coder_1/bias']);
  });

  it('does not share with other methods', () => {
    class Colliding extends Coder {
      static {
        reuseVariables(Colliding, 'other');
      }
      other(): tf.Variable {
        return get('encoder');
      }
    }
    const coder = new Colliding();
    coder.encode(tf.scalar(1));
    expect(() => coder.other()).toThrow('Variable "coder/encoder" already exists');
  });

  it('cannot ask for another variable later', () => {
    class Fickle extends AbstractModule<[], void> {
      static {
        reuseVariables(Fickle, 'ask');
      }
      constructor() {
        super({ name: 'fickle' });
      }
      ask(name: string): tf.Variable {
        return get(name);
      }
      protected override build(): void {}
    }
    const fickle = new Fickle();
    fickle.ask('a');
    expect(() => fickle.ask('b')).toThrow('Variable "fickle/b" does not exist');
    expect(fickle.ask('a').name).toBe('fickle/a');
  });

  it('is about each object by itself, and each graph', () => {
    const [first, second] = [new Coder(), new Coder()];
    const graph = new Graph();
    const third = new Coder();
    const variables = [first.gain, second.gain, graph.asDefault(() => third.gain)];
    expect(variables.map(variableName)).toEqual(['coder/gain', 'coder_1/gain', 'coder_2/gain']);
    expect(variables[2]?.name).toBe(`${graph.id}!coder_2/gain`);
    expect(() => third.gain).toThrow('cannot be connected in');
    graph.dispose();
  });

  it('works in modules that are made inside others, at every connection', () => {
    const outer = new (class Outer extends AbstractModule<[x: tf.Tensor], tf.Tensor> {
      static override readonly moduleName: string = 'outer';
      protected override build(x: tf.Tensor): tf.Tensor {
        const coder = new Coder();
        return coder.encode(coder.encode(x));
      }
    })();
    outer(tf.scalar(1));
    outer(tf.scalar(1));
    expect(names()).toEqual(['outer/coder/encoder']);
    expect(outer.variables.map(variableName)).toEqual(['outer/coder/encoder']);
  });

  it('gives the modules that it makes the same names at every call', () => {
    class Outer extends AbstractModule<[], void> {
      static {
        reuseVariables(Outer, 'decode');
      }
      constructor() {
        super({ name: 'outer' });
      }
      decode(): string[] {
        return [new Coder(), new Coder()].map((coder) => coder.gain.name);
      }
      protected override build(): void {}
    }
    const outer = new Outer();
    expect(outer.decode()).toEqual(['outer/coder/gain', 'outer/coder_1/gain']);
    expect(outer.decode()).toEqual(['outer/coder/gain', 'outer/coder_1/gain']);
  });

  it('counts as a connection, with the name scope of the method', () => {
    const coder = new Coder();
    const scopes: string[] = [];
    const x = tf.scalar(6);
    coder.decodeBack(x, scopes);
    nameScope('step', () => coder.decodeBack(x, scopes));
    expect(scopes).toEqual(['coder/decode_back', 'step/coder/decode_back']);
    expect([coder.isConnected, coder.nameScopes]).toEqual([true, ['coder/decode_back/', 'step/coder/decode_back/']]);
    expect(coder.lastConnectedSubgraph.inputs).toEqual({ arg0: x, arg1: scopes });
    expect(coder.variables.map(variableName)).toEqual(['coder/decoder']);
  });

  it('gives its variables to the module that is being connected around it', () => {
    const coder = new Coder();
    const outer = new (class Outer extends AbstractModule<[], tf.Variable> {
      static override readonly moduleName: string = 'outer';
      protected override build(): tf.Variable {
        return coder.gain;
      }
    })();
    outer();
    expect(outer.variables).toEqual(coder.variables);
  });

  it('frees what it computes on the way, and leaks nothing', () => {
    const coder = new Coder();
    const x = tf.scalar(1);
    coder.encode(tf.add(x, 1)).dispose();
    const before = tf.memory().numTensors;
    for (let i = 0; i < 10; i++) coder.encode(x).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses to return a promise', () => {
    class Later extends Holder {
      readonly wait = reuseVariables(async function wait(this: HasVariableScope) {});
    }
    expect(() => new Later('later').wait()).toThrow(TypeError);
  });
});

describe('reuseVariables around a function', () => {
  it('works for objects with a variableScope', () => {
    const [first, second] = [new Holder('my_module'), new Holder('my_module')];
    const x = tf.zeros([5]);
    const outputs = [first.addX(x), first.addX(x), second.addX(x)];
    expect(outputs.map((output) => output.shape)).toEqual([[5], [5], [5]]);
    expect(names()).toEqual(['my_module/x', 'my_module_1/x']);
  });

  it('works for objects with an enterVariableScope method', () => {
    const scope = variableScope('own', { initializer: zeros() }, (inside) => inside);
    const object = {
      enterVariableScope: <T>(fn: (inside: VariableScope) => T): T => variableScope(scope, fn),
      read: reuseVariables(function read(this: HasVariableScope) {
        return getVariable('x', { shape: [1] });
      }),
    };
    expect(object.read()).toBe(object.read());
    expect(names()).toEqual(['own/x']);
  });

  it('keeps apart two methods that were wrapped from one function', () => {
    const read = function read(this: HasVariableScope): tf.Tensor {
      return getVariable('x', { shape: [1] });
    };
    const scope = variableScope('own', (inside) => inside);
    const object = { variableScope: scope, a: reuseVariables(read), b: reuseVariables(read) };
    object.a();
    expect(() => object.b()).toThrow('Variable "own/x" already exists');
  });
});

describe('reuseVariables refuses', () => {
  const loose = reuseVariables as unknown as (...args: unknown[]) => unknown;

  it('what is no method', () => {
    expect(() => loose(3)).toThrow(TypeError);
    expect(() => loose(undefined, { kind: 'field', name: 'x' })).toThrow(TypeError);
    expect(() => loose(Coder, { kind: 'class', name: 'Coder' })).toThrow('expected a method or a getter');
    expect(() => loose(() => 1)).toThrow('the method needs a name');
  });

  it('names of methods that the class itself does not have', () => {
    class Sub extends Coder {}
    expect(() => reuseVariables(Sub, 'encode')).toThrow('reuseVariables: Sub itself has no method "encode".');
    expect(() => reuseVariables(Coder, 'nothing')).toThrow(TypeError);
  });

  it('the decorators that came before the standard', () => {
    expect(() => loose(Coder.prototype, 'plain', {})).toThrow('Compile without experimentalDecorators');
  });

  it('a call without an object, or on one that has no scope', () => {
    const { addX } = new Holder('h');
    const message = '"addX" was called on something without a variable scope';
    expect(() => (addX as (x: tf.Tensor) => tf.Tensor)(tf.scalar(1))).toThrow(message);
    expect(() => addX.call({} as Holder, tf.scalar(1))).toThrow(message);
    expect(() => addX.call({ variableScope: 'h' } as unknown as Holder, tf.scalar(1))).toThrow(message);
  });
});
