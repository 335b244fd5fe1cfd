import fc from 'fast-check';
import { beforeEach, expect, it } from 'vitest';
import { resetDefaultGraph } from '../graph/default-graph.ts';
import { Module } from '../modules/module.ts';
import { variableScope } from './enter-scope.ts';
import type { VariableScope } from './variable-scope.ts';

/** A program that enters scopes and makes modules, and so asks for names. */
type Step =
  | { readonly kind: 'module' | 'default'; readonly name: string; readonly inside: readonly Step[] }
  | { readonly kind: 'name'; readonly name: string; readonly inside: readonly Step[] }
  | { readonly kind: 'again'; readonly which: number; readonly inside: readonly Step[] };

/** TensorFlow's rules, on its table of how often each scope was opened. */
class TensorFlowScopes {
  readonly names: string[] = [];
  #opened = new Map<string, number>();
  #current = '';

  run(steps: readonly Step[]): void {
    for (const step of steps) this.#enter(step);
  }

  #enter(step: Step): void {
    if (step.kind === 'again') {
      const name = this.names[step.which % this.names.length];
      if (name !== undefined) this.#enterObject(name, step.inside);
      return;
    }
    const name = this.#inCurrent(step.kind === 'name' ? step.name : this.#unique(step.name));
    this.names.push(name);
    this.#open(name);
    if (step.kind === 'module') this.#closeBelow(name);
    this.#inside(name, step.kind === 'module' ? [] : step.inside);
    this.#closeBelow(name);
    if (step.kind === 'module') this.#enterObject(name, step.inside);
  }

  #enterObject(name: string, inside: readonly Step[]): void {
    this.#open(name);
    const before = new Map(this.#opened);
    this.#inside(name, inside);
    this.#opened = before;
  }

  #inside(name: string, steps: readonly Step[]): void {
    const outer = this.#current;
    this.#current = name;
    this.run(steps);
    this.#current = outer;
  }

  #open(name: string): void {
    this.#opened.set(name, (this.#opened.get(name) ?? 0) + 1);
  }

  #closeBelow(name: string): void {
    for (const key of this.#opened.keys()) if (key.startsWith(`${name}/`)) this.#opened.set(key, 0);
  }

  #inCurrent(name: string): string {
    return this.#current === '' ? name : `${this.#current}/${name}`;
  }

  #unique(name: string): string {
    const isFree = (candidate: string): boolean => (this.#opened.get(this.#inCurrent(candidate)) ?? 0) === 0;
    if (isFree(name)) return name;
    let number = 1;
    while (!isFree(`${name}_${number}`)) number++;
    return `${name}_${number}`;
  }
}

/** Runs a program here; gives the names of all scopes in order. */
function namesOf(steps: readonly Step[]): string[] {
  const scopes: VariableScope[] = [];
  const names: string[] = [];
  const add = (scope: VariableScope): void => {
    scopes.push(scope);
    names.push(scope.name);
  };
  const run = (list: readonly Step[]): void => {
    for (const step of list) {
      if (step.kind === 'again') {
        const scope = scopes[step.which % scopes.length];
        if (scope !== undefined) variableScope(scope, () => run(step.inside));
      } else if (step.kind === 'module') {
        const module = new Module(() => run(step.inside), { name: step.name });
        module.enterVariableScope(add);
        module();
      } else {
        const defaultName = step.kind === 'default' ? step.name : null;
        variableScope(defaultName === null ? step.name : null, { defaultName }, (scope) => {
          add(scope);
          run(step.inside);
        });
      }
    }
  };
  run(steps);
  return names;
}

const { steps } = fc.letrec<{ steps: Step[]; step: Step }>((tie) => ({
  steps: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constant<Step[]>([]),
    fc.array(tie('step'), { maxLength: 4 }),
  ),
  step: fc.oneof(
    fc.record({
      kind: fc.constantFrom('module' as const, 'default' as const, 'name' as const),
      name: fc.constantFrom('a', 'a_1', 'b', 'a/b'),
      inside: tie('steps'),
    }),
    fc.record({ kind: fc.constant('again' as const), which: fc.nat(20), inside: tie('steps') }),
  ),
}));

beforeEach(() => {
  resetDefaultGraph();
});

it('names of variable scopes are those of TensorFlow, for any program', () => {
  fc.assert(
    fc.property(steps, (program) => {
      resetDefaultGraph();
      const tensorFlow = new TensorFlowScopes();
      tensorFlow.run(program);
      expect(namesOf(program)).toEqual(tensorFlow.names);
    }),
    { seed: 3, numRuns: 3000 },
  );
});
