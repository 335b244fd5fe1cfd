/** Any value of a JSON file. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A JSON object. */
export type JsonObject = { [key: string]: Json };

/** One step of a case; which fields are there says what it does. */
export interface Step {
  readonly args?: Json[];
  readonly kwargs?: JsonObject;
  readonly target?: string;
  readonly method?: string;
  readonly function?: string;
  readonly as?: string | string[];
  readonly outputs?: Json;
  readonly staticOnly?: boolean;
  readonly new?: string;
  readonly module?: string;
  readonly config?: JsonObject;
  readonly get?: string;
  readonly value?: Json;
  readonly run_update_ops?: boolean;
  readonly count?: number;
  readonly variable_scope?: string;
  readonly name_scope?: string;
  readonly enter_variable_scope?: string;
  readonly with_context?: string;
  readonly other_graph?: Step[];
  readonly observe_connections?: Step[];
  readonly observed?: Json[];
  readonly body?: Step[];
  readonly reuse?: boolean;
  readonly custom_getter?: Json;
  readonly initializer?: Json;
  readonly regularizer?: Json;
  readonly variablesAfter?: { readonly [name: string]: TensorValue };
}

/** A tensor written down: its elements, a formula for them, or their first ones and statistics. */
export interface TensorValue {
  readonly dtype: string;
  readonly shape: number[];
  readonly data?: (number | string | boolean)[];
  readonly pattern?: { readonly seed: number; readonly scale: number; readonly offset?: number };
  readonly head?: (number | string | boolean)[];
  readonly stats?: {
    readonly mean: number;
    readonly std: number;
    readonly min: number;
    readonly max: number;
    readonly absSum: number;
  };
  readonly staticShape?: (number | null)[];
}

/** What the initializer gave: one constant, the statistics of one draw, or nothing that could be told. */
export interface InitialValue {
  readonly constant?: number | string | boolean;
  readonly mean?: number;
  readonly std?: number;
  readonly min?: number;
  readonly max?: number;
}

/** A variable of a case, with the value that it is set to. */
export interface CaseVariable extends TensorValue {
  readonly name: string;
  readonly trainable: boolean;
  readonly collections: string[];
  readonly initial: InitialValue;
}

/** Names and variable lists of one module after all steps. */
export interface ModuleRecord {
  readonly class_name: string;
  readonly module_name: string;
  readonly scope_name: string;
  readonly is_connected: boolean;
  readonly name_scopes?: string[];
  readonly variables?: string[];
  readonly trainable_variables?: string[];
  readonly get_variables?: string[];
  readonly get_all_variables?: string[];
}

/** The gradient of `sum(leaf * cotangent)`. */
export interface GradientRecord {
  readonly of: { readonly call: number; readonly leaf: number };
  readonly cotangent: TensorValue;
  readonly wrt: { readonly [path: string]: TensorValue | null };
}

/** The error that a case of kind `error` must raise. */
export interface ErrorRecord {
  readonly where: string;
  readonly type: string;
  readonly bases?: string[];
  readonly raisedBy: 'sonnet' | 'tensorflow' | 'python';
  readonly message: string;
  readonly messageHasUnorderedSet?: boolean;
}

/** One golden case. */
export interface Case {
  readonly id: string;
  readonly class: string;
  readonly kind: 'module' | 'function' | 'error';
  readonly setup?: Step[];
  readonly module?: string;
  readonly config?: JsonObject;
  readonly calls?: Step[];
  readonly variables?: CaseVariable[];
  readonly modules?: { readonly [name: string]: ModuleRecord };
  readonly collections?: {
    readonly REGULARIZATION_LOSSES?: { readonly name: string; readonly value: number }[];
    readonly UPDATE_OPS?: number;
  };
  readonly gradients?: GradientRecord;
  readonly error?: ErrorRecord;
}

/** Whether a JSON value is an object. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a JSON value is a tensor written down. */
export function isTensorValue(value: unknown): value is TensorValue {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return 'dtype' in value && 'shape' in value && ('data' in value || 'pattern' in value || 'head' in value);
}

/** The steps inside a step that is a context, and the word by which paths name them; null for other steps. */
export function bodyOf(step: Step): { readonly key: string; readonly steps: Step[] } | null {
  if (step.other_graph !== undefined) return { key: 'other_graph', steps: step.other_graph };
  if (step.observe_connections !== undefined) return { key: 'observe_connections', steps: step.observe_connections };
  return step.body === undefined ? null : { key: 'body', steps: step.body };
}

/** The paths of all steps of a list, each context before the steps inside it: the order in which steps are counted. */
export function stepPaths(steps: readonly Step[], name: string): string[] {
  return steps.flatMap((step, index) => {
    const path = `${name}[${index}]`;
    const body = bodyOf(step);
    return body === null ? [path] : [path, ...stepPaths(body.steps, `${path}.${body.key}`)];
  });
}

/** Calls a function with every JSON value inside a value, the value itself first. */
export function visitJson(value: unknown, visit: (value: Json) => void): void {
  if (value === undefined) return;
  visit(value as Json);
  if (typeof value !== 'object' || value === null) return;
  for (const inner of Object.values(value)) visitJson(inner, visit);
}
