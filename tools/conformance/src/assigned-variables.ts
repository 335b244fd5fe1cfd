import { notifyAboutNewVariables } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import type { CaseVariable } from './case-format.ts';
import { goldenName } from './tensorflow-functions.ts';
import { makeTensor, readElements } from './tensors.ts';

/** Gives every variable the value that its case lists, as soon as it is created, and follows what steps change. */
export class AssignedVariables {
  readonly #values: ReadonlyMap<string, CaseVariable>;
  /** The variables that were created, with their elements when {@link changes} looked last. */
  readonly #known: Map<tf.Variable, { dataId: object; elements: readonly number[] }> = new Map();

  constructor(variables: readonly CaseVariable[]) {
    this.#values = new Map(variables.map((variable) => [variable.name, variable]));
  }

  /** Runs a function in which new variables get their values. */
  whileAssigning(onVariable: (variable: tf.Variable) => void, fn: () => void): void {
    notifyAboutNewVariables((variable) => {
      this.#assign(variable);
      this.#known.set(variable, { dataId: variable.dataId, elements: readElements(variable) });
      onVariable(variable);
    }, fn);
  }

  /** Gives the variables that steps have changed their case's values again. */
  restore(): void {
    for (const [variable, known] of this.#known) {
      if (variable.isDisposed || variable.dataId === known.dataId) continue;
      this.#assign(variable);
      this.#known.set(variable, { ...known, dataId: variable.dataId });
    }
  }

  /** The variables whose numbers differ from those when this was called last. */
  changes(): Map<string, tf.Variable> {
    const changed = new Map<string, tf.Variable>();
    for (const [variable, known] of this.#known) {
      if (variable.isDisposed || variable.dataId === known.dataId) continue;
      const elements = readElements(variable);
      if (elements.some((value, index) => !Object.is(value, known.elements[index]))) {
        changed.set(goldenName(variable), variable);
      }
      this.#known.set(variable, { dataId: variable.dataId, elements });
    }
    return changed;
  }

  /** A variable whose shape or dtype is not the case's keeps its own value: comparing reports the difference. */
  #assign(variable: tf.Variable): void {
    const value = this.#values.get(goldenName(variable));
    if (value === undefined || `${value.shape}` !== `${variable.shape}`) return;
    tf.tidy(() => {
      const tensor = makeTensor(value);
      if (tensor.dtype === variable.dtype) variable.assign(tensor);
    });
  }
}
