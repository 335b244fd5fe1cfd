/**
 * Base class of every error that Sonnet raises; catch it to catch them all.
 *
 * Python's `TypeError` is JavaScript's own `TypeError` and does not extend this class.
 *
 * @example
 * ```ts
 * import { getDefaultGraph, SonnetError, ValueError } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * assert(new ValueError('no') instanceof SonnetError);
 * ```
 *
 * Sonnet: `snt.Error`.
 */
export class SonnetError extends Error {
  override name: string = 'SonnetError';
}

/** An argument has the right type but a value that cannot be used. Python's `ValueError`. */
export class ValueError extends SonnetError {
  override name: string = 'ValueError';
}

/** A mapping has a key that it must not have, or lacks one. Python's `KeyError`. */
export class KeyError extends SonnetError {
  override name: string = 'KeyError';
}

/** A property is asked for that this configuration of the object does not have. Python's `AttributeError`. */
export class AttributeError extends SonnetError {
  override name: string = 'AttributeError';
}

/** A combination of options that is meaningful but not implemented. Python's `NotImplementedError`. */
export class NotImplementedError extends SonnetError {
  override name: string = 'NotImplementedError';
}

/** A module that is connected to one {@link Graph} was called in another. */
export class DifferentGraphError extends SonnetError {
  override name: string = 'DifferentGraphError';
}

/** The shape of an input does not fit the module, or does not fit its first connection. */
export class IncompatibleShapeError extends SonnetError {
  override name: string = 'IncompatibleShapeError';
}

/** A {@link ModuleInfo} cannot be written down. */
export class ModuleInfoError extends SonnetError {
  override name: string = 'ModuleInfoError';
}

/** Something was asked of a module that only exists after its first connection. */
export class NotConnectedError extends SonnetError {
  override name: string = 'NotConnectedError';
}

/** A module was called whose base constructor never ran. */
export class NotInitializedError extends SonnetError {
  override name: string = 'NotInitializedError';
}

/** Something was asked for that this module cannot offer, such as the transpose of a dilated convolution. */
export class NotSupportedError extends SonnetError {
  override name: string = 'NotSupportedError';
}

/** The parent of a module, such as the origin of a transpose, has not been connected yet. */
export class ParentNotBuiltError extends SonnetError {
  override name: string = 'ParentNotBuiltError';
}

/** A shape is not known well enough for what was asked. */
export class UnderspecifiedError extends SonnetError {
  override name: string = 'UnderspecifiedError';
}

/** No backend of those that were asked for can run here; the message gives the reason of each. */
export class BackendNotAvailableError extends SonnetError {
  override name: string = 'BackendNotAvailableError';
}
