import { type AnyModule, type Graph, notifyAboutNewVariables, regularizationLosses } from '@sonnetjs/core';
import { AssignedVariables } from './assigned-variables.ts';
import { bodyOf, type Case, type ModuleRecord, type Step } from './case-format.ts';
import { Comparison, type Difference, type Keys } from './compare.ts';
import { compareErrorCase } from './error-pass.ts';
import { compareGradients } from './gradients.ts';
import { runInGraph } from './graph-pass.ts';
import { collectionsOf, variablesOf } from './graph-state.ts';
import { compareInitialValue } from './initial-values.ts';
import { Interpreter } from './interpreter.ts';
import { goldenName } from './tensorflow-functions.ts';
import { dtypeHere, readElements } from './tensors.ts';
import { TOLERANCE, toleranceOf } from './tolerances.ts';

/** What differs between a case and the library; empty when it passes. */
export function differencesOf(item: Case): Difference[] {
  const comparison = new Comparison();
  if (item.error !== undefined) compareErrorCase(item, item.error, comparison);
  else compareValueCase(item, comparison);
  return comparison.differences;
}

/** Three passes: with the initializers' own values, with the case's values, and for gradients. */
function compareValueCase(item: Case, comparison: Comparison): void {
  const pass = (name: string, run: (graph: Graph) => void): void => {
    const error = runInGraph(run);
    if (error !== null) comparison.add(`pass of ${name}`, 'no error', describeError(error));
  };
  pass('initial values', () => initialValuesPass(item, comparison));
  pass('outputs', (graph) => outputsPass(item, graph, comparison));
  const { gradients } = item;
  if (gradients === undefined) return;
  const variables = new AssignedVariables(item.variables ?? []);
  pass('gradients', () => compareGradients(item, gradients, variables, comparison));
}

/** An error with the places of this workspace that it passed through first. */
function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const frames = (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at .*file:/.test(line) && !line.includes('node_modules'));
  return [`${error.name}: ${error.message}`, ...frames.slice(0, 4).map((line) => line.trim())].join('; ');
}

/** Values are read when a variable is made: a call may change it at once, as moving averages do. */
function initialValuesPass(item: Case, comparison: Comparison): void {
  const made = new Map<string, readonly number[]>();
  notifyAboutNewVariables(
    (variable) => made.set(goldenName(variable), readElements(variable)),
    () => new Interpreter().run(item),
  );
  for (const variable of item.variables ?? []) {
    const got = made.get(variable.name);
    if (got !== undefined) compareInitialValue(`${variable.name} (initial)`, variable, got, comparison);
  }
}

function outputsPass(item: Case, graph: Graph, comparison: Comparison): void {
  const variables = new AssignedVariables(item.variables ?? []);
  const interpreter = new Interpreter({
    afterStep: (path, step, result) => {
      compareStep(item, path, step, result, comparison);
      compareChanges(item, path, step, variables, comparison);
    },
  });
  variables.whileAssigning(
    () => undefined,
    () => interpreter.run(item),
  );
  compareVariables(item, graph, comparison);
  for (const [name, record] of Object.entries(item.modules ?? {})) {
    compareModule(`modules.${name}`, record, interpreter.names.get(name), comparison);
  }
  compareCollections(item, graph, comparison);
}

/** Functions and properties whose results have variable names as keys. */
const NAMED_RESULTS =
  /get_normalized_variable_map|check_(initializers|partitioners|regularizers)|nest\.|^(initializers|partitioners|regularizers)$/;

function compareStep(item: Case, path: string, step: Step, result: unknown, comparison: Comparison): void {
  const tolerance = toleranceOf(item, 'outputs');
  const keys: Keys = NAMED_RESULTS.test(step.function ?? step.get ?? '') ? 'names' : 'parameters';
  if (step.outputs !== undefined)
    comparison.value(`${path}.outputs`, step.outputs, inOrder(step, result), tolerance, keys);
  if (step.value !== undefined) comparison.value(`${path}.value`, step.value, result, tolerance, keys);
  if (step.count !== undefined) comparison.same(`${path}.count`, step.count, result);
  if (step.observed !== undefined)
    comparison.value(`${path}.observed`, step.observed, observed(result), tolerance, keys);
}

/** Sets are written down sorted. */
function inOrder(step: Step, result: unknown): unknown {
  if (result instanceof Set) return [...result].sort();
  const isSet = step.function?.endsWith('get_possible_initializer_keys') === true;
  return isSet && Array.isArray(result) ? [...result].sort() : result;
}

function observed(result: unknown): unknown {
  const connections = result as { readonly module: AnyModule; readonly nameScope: string }[];
  return connections.map(({ module, nameScope }) => ({
    moduleName: module.moduleName,
    scopeName: module.scopeName,
    nameScope,
  }));
}

function compareChanges(
  item: Case,
  path: string,
  step: Step,
  variables: AssignedVariables,
  comparison: Comparison,
): void {
  if (bodyOf(step) !== null) return;
  const changed = variables.changes();
  // What the setup does is not recorded.
  if (path.startsWith('setup')) return;
  const expected = step.variablesAfter ?? {};
  comparison.same(`${path}.variablesAfter (names)`, Object.keys(expected).sort(), [...changed.keys()].sort());
  for (const [name, value] of Object.entries(expected)) {
    const variable = changed.get(name);
    if (variable === undefined) continue;
    comparison.tensor(`${path}.variablesAfter[${JSON.stringify(name)}]`, value, variable, toleranceOf(item, 'outputs'));
  }
}

function compareVariables(item: Case, graph: Graph, comparison: Comparison): void {
  const expected = item.variables ?? [];
  const got = variablesOf(graph);
  comparison.same(
    'variables (names in order of creation)',
    expected.map((variable) => variable.name),
    got.map(goldenName),
  );
  const byName = new Map(got.map((variable) => [goldenName(variable), variable]));
  for (const record of expected) {
    const variable = byName.get(record.name);
    if (variable === undefined) continue;
    comparison.same(`${record.name}.shape`, record.shape, variable.shape);
    comparison.same(`${record.name}.dtype`, dtypeHere(record.dtype), variable.dtype);
    comparison.same(`${record.name}.trainable`, record.trainable, variable.trainable);
    comparison.same(`${record.name}.collections`, [...record.collections].sort(), collectionsOf(graph, variable));
  }
}

function compareModule(path: string, record: ModuleRecord, got: unknown, comparison: Comparison): void {
  if (typeof got !== 'function') {
    comparison.add(path, record.class_name, got);
    return;
  }
  const module = got as unknown as AnyModule;
  comparison.same(`${path}.className`, record.class_name, module.constructor.name);
  comparison.same(`${path}.moduleName`, record.module_name, module.moduleName);
  comparison.same(`${path}.scopeName`, record.scope_name, module.scopeName);
  comparison.same(`${path}.isConnected`, record.is_connected, module.isConnected);
  if (!record.is_connected || !module.isConnected) return;
  comparison.same(`${path}.nameScopes`, record.name_scopes, module.nameScopes);
  comparison.same(`${path}.variables`, record.variables, module.variables.map(goldenName));
  comparison.same(`${path}.trainableVariables`, record.trainable_variables, module.trainableVariables.map(goldenName));
  comparison.same(`${path}.getVariables()`, record.get_variables, module.getVariables().map(goldenName));
  comparison.same(`${path}.getAllVariables()`, record.get_all_variables, module.getAllVariables().map(goldenName));
}

function compareCollections(item: Case, graph: Graph, comparison: Comparison): void {
  const expected = item.collections?.REGULARIZATION_LOSSES ?? [];
  const losses = regularizationLosses();
  comparison.same(
    'REGULARIZATION_LOSSES',
    expected.map((loss) => loss.name),
    losses.map((loss) => `${loss.name}:0`),
  );
  expected.forEach((record, index) => {
    const value = losses[index]?.loss().dataSync()[0];
    comparison.number(`REGULARIZATION_LOSSES[${index}] (${record.name})`, record.value, value, TOLERANCE);
  });
  comparison.same('UPDATE_OPS', item.collections?.UPDATE_OPS ?? 0, graph.getCollection('update_ops').length);
}
