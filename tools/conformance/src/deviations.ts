import { getBackend } from '@tensorflow/tfjs-core';
import { type Case, isObject, isTensorValue, type Json, type Step, visitJson } from './case-format.ts';

/** A kind of case in which this project deliberately differs from Sonnet, or cannot do the same. */
export interface Deviation {
  readonly reason: string;
  applies(item: Case): boolean;
  /** The case with the expectation that holds here; without it the case is skipped. */
  expect?(item: Case): Case;
}

/** Messages that the Python interpreter wrote, not Sonnet: a wrong call, a missing attribute. */
const PYTHON_TEXT =
  /required positional argument|unexpected keyword argument|object is not (callable|iterable)|object has no attribute|values to unpack|returned non-int|takes \d+ positional/;

/** How Python prints a class, a dtype or an object of a class without a text of its own. */
const PYTHON_REPR = /<class '[^']*'>|<dtype: '[^']*'>|<(?:function )?[\w.]+(?: object)? at 0x[^>]*>/;

/** What TensorFlow 1 prints as the device of a variable that has none. */
const LEGACY_DEVICE = '(legacy)';

/** Every rule by which cases are skipped or expected to go otherwise. */
export const DEVIATIONS: readonly Deviation[] = [
  {
    reason: 'shapes are always known here: the case is about a static shape that is not',
    applies: (item) => some(item, (value) => isTensorValue(value) && value.staticShape?.includes(null) === true),
  },
  {
    reason: 'JavaScript has no tuples beside lists: the error tells the two apart',
    applies: ({ error }) =>
      error?.type === 'TypeError' && /type list.*type tuple|type tuple.*type list/s.test(error.message),
  },
  {
    reason: 'JavaScript itself demands the call of the base constructor',
    applies: (item) => item.module === 'NoInitModule' || item.error?.type === 'snt.NotInitializedError',
  },
  {
    reason: 'the device of a variable is the backend here',
    applies: (item) => stepsOf(item).some((step) => isListing(step) && String(step.outputs).includes(LEGACY_DEVICE)),
    expect: (item) => mapSteps(item, withBackendAsDevice),
  },
  {
    reason: 'keys that Python prints as a dtype are the name of the dtype here',
    applies: (item) => stepsOf(item).some((step) => isObject(step.outputs) && Object.keys(step.outputs).some(isRepr)),
    expect: (item) => mapSteps(item, withDtypeNames),
  },
  {
    reason: 'the message has a text of the Python interpreter',
    applies: ({ error }) => error?.raisedBy === 'sonnet' && PYTHON_TEXT.test(error.message),
    expect: (item) => withError(item, { raisedBy: 'python' }),
  },
  {
    reason: 'the message prints a class or an object as Python does',
    applies: ({ error }) => error?.raisedBy === 'sonnet' && PYTHON_REPR.test(error.message),
    expect: (item) => withMessage(item, new RegExp(PYTHON_REPR, 'g'), ''),
  },
  {
    reason: '64-bit integers are 32-bit ones here',
    applies: (item) => some(item, (value) => isTensorValue(value) && value.dtype === 'int64'),
    // Comparing maps the dtype, so that the case runs as it is.
    expect: (item) => item,
  },
  {
    reason: "Sonnet's LSTMs call a bad partitioner or regularizer an initializer",
    applies: ({ class: name, config, error }) =>
      /^(LSTM|BatchNormLSTM)$/.test(name) &&
      /initializer/i.test(error?.message ?? '') &&
      config?.initializers === undefined &&
      (config?.partitioners !== undefined || config?.regularizers !== undefined),
    expect: (item) =>
      withMessage(item, /initializer/gi, item.config?.partitioners === undefined ? 'regularizer' : 'partitioner'),
  },
  {
    reason: 'GRU.get_possible_initializer_keys fails in Sonnet',
    applies: (item) =>
      item.kind === 'error' && stepsOf(item).some((step) => step.function === 'snt.GRU.get_possible_initializer_keys'),
  },
  {
    reason: "a convolution's mask of lower rank than w fails at Sonnet's second connection",
    applies: ({ config, error }) =>
      /^calls\[[1-9]/.test(error?.where ?? '') && config?.mask !== undefined && /mask shape/.test(error?.message ?? ''),
  },
  {
    reason: 'AffineWarpConstraints.combine_with drops a 0 on the left against None in Sonnet',
    applies: (item) =>
      item.class === 'AffineWarpConstraints' &&
      stepsOf(item).some((step) => /combine_with|__and__/.test(step.method ?? '')) &&
      leftHasZero(item),
  },
  {
    reason: 'AffineGridWarper.n_coeff fails in Sonnet',
    applies: (item) =>
      item.class === 'AffineGridWarper' &&
      item.kind === 'error' &&
      stepsOf(item).some((step) => step.get === 'n_coeff'),
  },
  {
    reason: 'AffineGridWarper.inverse does not refuse what is not two-dimensional in Sonnet',
    applies: ({ class: name, config, calls }) =>
      name === 'AffineGridWarper' &&
      (calls ?? []).some((step) => step.method === 'inverse') &&
      sizeOf(config?.source_shape) !== 2,
  },
  {
    reason: 'the error of scale_gradient names clip_gradient in Sonnet',
    applies: (item) =>
      stepsOf(item).some((step) => step.function === 'snt.scale_gradient') &&
      /clip_gradient/.test(item.error?.message ?? ''),
    expect: (item) => withMessage(item, /clip_gradient/g, 'scale_gradient'),
  },
];

/** The rules that a case falls under. */
export function deviationsOf(item: Case): Deviation[] {
  return DEVIATIONS.filter((deviation) => deviation.applies(item));
}

function some(item: Case, predicate: (value: Json) => boolean): boolean {
  let found = false;
  visitJson(item, (value) => {
    if (predicate(value)) found = true;
  });
  return found;
}

function stepsOf(item: Case): Step[] {
  const inside = (steps: readonly Step[]): Step[] =>
    steps.flatMap((step) => [step, ...inside(step.body ?? step.other_graph ?? step.observe_connections ?? [])]);
  return inside([...(item.setup ?? []), ...(item.calls ?? [])]);
}

function mapSteps(item: Case, change: (step: Step) => Step): Case {
  return { ...item, calls: (item.calls ?? []).map(change) };
}

function withError(item: Case, change: Partial<NonNullable<Case['error']>>): Case {
  return item.error === undefined ? item : { ...item, error: { ...item.error, ...change } };
}

function withMessage(item: Case, pattern: RegExp, replacement: string): Case {
  return withError(item, { message: (item.error?.message ?? '').replace(pattern, replacement) });
}

function isListing(step: Step): boolean {
  return /format_variable/.test(step.function ?? '') && typeof step.outputs === 'string';
}

function withBackendAsDevice(step: Step): Step {
  return isListing(step) ? { ...step, outputs: String(step.outputs).replaceAll(LEGACY_DEVICE, getBackend()) } : step;
}

function isRepr(key: string): boolean {
  return /^<dtype: '\w+'>$/.test(key);
}

function withDtypeNames(step: Step): Step {
  if (!isObject(step.outputs)) return step;
  const entries = Object.entries(step.outputs).map(
    ([key, value]) => [isRepr(key) ? key.slice(9, -2) : key, value] as const,
  );
  return { ...step, outputs: Object.fromEntries(entries) };
}

/** Whether the constraints that others are combined with have a number 0. */
function leftHasZero(item: Case): boolean {
  const left = JSON.stringify(
    (item.setup ?? []).map((step) => [step.function ?? '', step.args ?? [], step.kwargs ?? {}, step.config ?? {}]),
  );
  return /no_shear|(?<![\d.])0(?:\.0*)?(?![\d.])/.test(left.replace(/_[23]d/g, ''));
}

function sizeOf(value: Json | undefined): number {
  return Array.isArray(value) ? value.length : 0;
}
