import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { NotConnectedError, NotInitializedError, NotSupportedError } from '../errors.ts';
import { resetDefaultGraph } from '../graph/default-graph.ts';
import { ones } from '../initializers/index.ts';
import { getVariable } from '../variables/get-variable.ts';
import { AbstractModule } from './abstract-module.ts';
import { Module } from './module.ts';

class Shift extends AbstractModule<[x: number, y?: number], number> {
  static override readonly moduleName: string = 'shift';
  readonly #shift: number;
  readonly label: string;

  constructor(shift: number) {
    super();
    this.#shift = shift;
    this.label = `by ${shift}`;
  }

  protected override build(x: number, y = 0): number {
    return x + y + this.#shift;
  }

  get amount(): number {
    return this.#shift;
  }
}

class Twice extends Shift {
  protected override build(x: number, y = 0): number {
    return 2 * super.build(x, y);
  }
}

beforeEach(() => {
  resetDefaultGraph();
});

describe('a module', () => {
  it('is a function that connects it', () => {
    const shift = new Shift(1);
    expect(typeof shift).toBe('function');
    expect(shift(2)).toBe(3);
    expect([1, 2].map((x) => shift(x))).toEqual([2, 3]);
  });

  it('is an instance of its class and of those that its class extends', () => {
    const twice = new Twice(1);
    expect([twice instanceof Twice, twice instanceof Shift, twice instanceof AbstractModule]).toEqual([
      true,
      true,
      true,
    ]);
    expect([twice instanceof Module, Object.getPrototypeOf(twice) === Twice.prototype]).toEqual([false, true]);
    expect(twice.constructor).toBe(Twice);
  });

  it('has the fields, private fields and getters of its class', () => {
    const shift = new Twice(3);
    expect([shift.label, shift.amount, shift(1, 1)]).toEqual(['by 3', 3, 10]);
  });

  it('has no properties of its own but those of its class', () => {
    expect(Object.getOwnPropertyNames(new Shift(1))).toEqual(['label']);
    expect('name' in new Shift(1)).toBe(false);
  });

  it('leaves name and length to its class', () => {
    class Sized extends AbstractModule<[], number> {
      static override readonly moduleName: string = 'sized';
      override readonly length = 7;
      override get name(): string {
        return 'mine';
      }
      protected override build(): number {
        return this.length;
      }
    }
    const sized = new Sized();
    expect([sized.name, sized.length, sized()]).toEqual(['mine', 7, 7]);
  });

  it('can be called by call, apply and bind, which ignore the object', () => {
    const shift = new Shift(1);
    expect([shift.call(null, 1, 2), shift.apply(undefined, [1, 2]), shift.bind({}, 1)(2)]).toEqual([4, 4, 4]);
    expect(Reflect.apply(shift, null, [1, 2])).toBe(4);
  });

  it('is not the state of another one of its class', () => {
    const [one, two] = [new Shift(1), new Shift(2)];
    expect([one(0), two(0), one.moduleName, two.moduleName]).toEqual([1, 2, 'shift', 'shift_1']);
  });

  it('prints as its class and full name', () => {
    const shift = new Shift(1);
    expect([String(shift), `${new Twice(1)}`]).toEqual(['Shift "shift"', 'Twice "shift_1"']);
    expect(String(AbstractModule.prototype)).toBe('AbstractModule (not initialized)');
  });

  it('cannot be serialized, and says so', () => {
    expect(() => JSON.stringify({ model: new Shift(1) })).toThrow(NotSupportedError);
  });
});

describe('a module without its constructor', () => {
  it('says that it is not initialized', () => {
    const forged = Object.create(Shift.prototype) as Shift;
    expect(() => forged.moduleName).toThrow(NotInitializedError);
    expect(() => forged.call(null, 1)).toThrow(TypeError);
    expect(() => forged.variables).toThrow('Shift: the module is not initialized.');
  });
});

describe('the base constructor', () => {
  it('refuses a class without build, before it claims a name', () => {
    class Idle extends (AbstractModule as unknown as new (options: object) => object) {}
    expect(() => new Idle({ name: 'shift' })).toThrow('Idle is abstract: it has no build method.');
    expect(() => Reflect.construct(AbstractModule, [{ name: 'shift' }])).toThrow(TypeError);
    expect(new Shift(1).moduleName).toBe('shift');
  });
});

describe('before its first connection', () => {
  class Scale extends AbstractModule<[x: tf.Tensor], tf.Tensor> {
    protected override build(x: tf.Tensor): tf.Tensor {
      return tf.mul(x, getVariable('w', { shape: [], initializer: ones() }));
    }
    get w(): tf.Tensor {
      return this.ownVariable('w');
    }
  }
  const questions: [string, (module: Scale) => unknown][] = [
    ['variables', (module) => module.variables],
    ['trainableVariables', (module) => module.trainableVariables],
    ['nonTrainableVariables', (module) => module.nonTrainableVariables],
    ['variableScope', (module) => module.variableScope],
    ['lastConnectedSubgraph', (module) => module.lastConnectedSubgraph],
    ['getVariables()', (module) => module.getVariables()],
    ['getAllVariables()', (module) => module.getAllVariables()],
    ['ownVariable()', (module) => module.w],
  ];

  it.each(questions)('%s is an error', (_, ask) => {
    const scale = new Scale();
    expect(() => ask(scale)).toThrow(NotConnectedError);
    expect(() => ask(scale)).toThrow('Scale "scale": it is not connected yet');
    scale(tf.scalar(1));
    expect(() => ask(scale)).not.toThrow();
  });

  it('the rest is known', () => {
    const scale = new Scale();
    expect([scale.moduleName, scale.scopeName, scale.isConnected, scale.graph]).toEqual([
      'scale',
      'scale',
      false,
      null,
    ]);
    expect([scale.nameScopes, scale.connectedSubgraphs, scale.defunWrapped]).toEqual([[], [], false]);
    expect(scale.info).toEqual({ moduleName: 'scale', scopeName: 'scale', className: 'Scale', connectedSubgraphs: [] });
    expect(Scale.getPossibleInitializerKeys()).toEqual([]);
  });
});
