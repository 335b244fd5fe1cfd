import { AbstractModule, getVariable, initializers, reuseVariables } from '@sonnetjs/core';
import { Linear } from '@sonnetjs/layers';
import * as tf from '@tensorflow/tfjs-core';

interface NameOption {
  readonly name?: string;
}

/** Makes two Linears in its constructor and one at every call. */
class NestedModule extends AbstractModule<[inputs: tf.Tensor], tf.Tensor> {
  static override readonly moduleName: string = 'nested_module';
  readonly #first: Linear;
  readonly #second: Linear;
  readonly #makeLast: () => Linear;

  constructor(hiddenSize: number, outputSize: number, options: NameOption = {}, last: NameOption = { name: 'last' }) {
    super(options);
    const [first, second] = this.enterVariableScope((): [Linear, Linear] => [
      new Linear(hiddenSize, { name: 'first' }),
      new Linear(hiddenSize),
    ]);
    this.#first = first;
    this.#second = second;
    this.#makeLast = () => new Linear(outputSize, last);
  }

  protected build(inputs: tf.Tensor): tf.Tensor {
    // Made before the others are connected: connecting a module takes its name in the scope around it.
    const last = this.#makeLast();
    return last(tf.relu(this.#second(tf.relu(this.#first(inputs)))));
  }
}

/** The Linear of the call has the default name, which the constructor has used for another. */
class NestedModuleColliding extends NestedModule {
  constructor(hiddenSize: number, outputSize: number, options: NameOption = {}) {
    super(hiddenSize, outputSize, options, {});
  }
}

/** Methods that share a variable by way of a third method. */
class TwoMethodModule extends AbstractModule<[inputs: tf.Tensor], tf.Tensor> {
  static {
    reuseVariables(TwoMethodModule, 'a', 'addA', 'mulA');
  }

  readonly #size: number;

  constructor(options: NameOption & { readonly size?: number } = {}) {
    super(options);
    this.#size = options.size ?? 3;
  }

  a(): tf.Tensor {
    return getVariable('a', { shape: [this.#size], initializer: initializers.zeros() });
  }

  addA(inputs: tf.Tensor): tf.Tensor {
    return tf.add(inputs, this.a());
  }

  mulA(inputs: tf.Tensor): tf.Tensor {
    return tf.mul(inputs, this.a());
  }

  protected build(inputs: tf.Tensor): tf.Tensor {
    return this.mulA(this.addA(inputs));
  }
}

/** Methods that both make the same variable themselves. */
class TwoMethodModuleColliding extends AbstractModule<[inputs: tf.Tensor], tf.Tensor> {
  static override readonly moduleName: string = 'two_method_module';

  static {
    reuseVariables(TwoMethodModuleColliding, 'addA', 'mulA');
  }

  addA(inputs: tf.Tensor): tf.Tensor {
    return tf.add(inputs, this.#makeA(inputs));
  }

  mulA(inputs: tf.Tensor): tf.Tensor {
    return tf.mul(inputs, this.#makeA(inputs));
  }

  protected build(inputs: tf.Tensor): tf.Tensor {
    return this.mulA(this.addA(inputs));
  }

  #makeA(inputs: tf.Tensor): tf.Tensor {
    return getVariable('a', { shape: [inputs.shape.at(-1) ?? 1], initializer: initializers.zeros() });
  }
}

/** Returns its input: a module of this class has the name that the class's name gives. */
abstract class IdentityModule extends AbstractModule<[inputs: tf.Tensor], tf.Tensor> {
  protected build(inputs: tf.Tensor): tf.Tensor {
    return tf.clone(inputs);
  }
}

class NoNameModule extends IdentityModule {}
class HTTPServer2Layer extends IdentityModule {}
class MLPModule3D extends IdentityModule {}

/** The helper modules of the golden format, by class name. */
export function createHelperModules(): ReadonlyMap<string, unknown> {
  return new Map<string, unknown>([
    ['NestedModule', NestedModule],
    ['NestedModuleColliding', NestedModuleColliding],
    ['TwoMethodModule', TwoMethodModule],
    ['TwoMethodModuleColliding', TwoMethodModuleColliding],
    ['NoNameModule', NoNameModule],
    ['HTTPServer2Layer', HTTPServer2Layer],
    ['MLPModule3D', MLPModule3D],
  ]);
}
