import { gradientsAreOurs, registerGradients } from '@sonnetjs/gradients';
import { BackendNotAvailableError, ValueError } from '../errors.ts';
import type { Backend } from './backend.ts';

/** A backend that {@link useBackend} passed over, and why. */
export interface PassedOver {
  readonly name: string;
  readonly reason: string;
}

/** What {@link useBackend} decided. */
export interface BackendChoice {
  /** The backend in use from now on. */
  readonly backend: Backend;
  /** The candidates before it, in order, each with the reason why it cannot run here. */
  readonly passedOver: readonly PassedOver[];
}

let current: Backend | null = null;

/**
 * Makes the first of the given backends that works here the one on which everything runs, and registers the gradients
 * that tfjs-core does not register in plain node.
 *
 * @param candidates One backend, or several in order of preference.
 * @returns The backend in use, and why the ones before it were passed over.
 * @throws ValueError when no candidate is given.
 * @throws TypeError when a candidate is no backend.
 * @throws BackendNotAvailableError when none of them works; the message has every reason.
 *
 * @example
 * ```ts
 * import { useBackend } from '@sonnetjs/core';
 * import { cpu } from '@sonnetjs/backend-cpu';
 * import { wasm } from '@sonnetjs/backend-wasm';
 *
 * const { backend, passedOver } = await useBackend([wasm(), cpu()]);
 * for (const { name, reason } of passedOver) console.warn(`${name} cannot run here: ${reason}`);
 * ```
 */
export async function useBackend(candidates: Backend | readonly Backend[]): Promise<BackendChoice> {
  const list: readonly Backend[] = Array.isArray(candidates) ? candidates : [candidates];
  for (const candidate of list) checkBackend(candidate);
  if (list.length === 0) throw new ValueError('useBackend: at least one backend is needed; got an empty list.');
  const passedOver: PassedOver[] = [];
  for (const backend of list) {
    const reason = await startOrReason(backend);
    if (reason === null) {
      if (!gradientsAreOurs()) registerGradients();
      current = backend;
      return { backend, passedOver };
    }
    passedOver.push({ name: backend.name, reason });
  }
  const reasons = passedOver.map(({ name, reason }) => `${name}: ${reason}`).join('; ');
  throw new BackendNotAvailableError(`useBackend: none of the backends can run here (${reasons}).`);
}

function checkBackend(candidate: unknown): void {
  const isObject = typeof candidate === 'object' && candidate !== null;
  if (isObject && 'isAvailable' in candidate && 'initialize' in candidate) return;
  const got = typeof candidate === 'function' ? 'a function: call it' : String(candidate);
  throw new TypeError(`useBackend: expected backends, such as wasm() of @sonnetjs/backend-wasm; got ${got}.`);
}

async function startOrReason(backend: Backend): Promise<string | null> {
  try {
    const availability = await backend.isAvailable();
    if (!availability.available) return availability.reason;
    await backend.initialize();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * The adapter that the last successful {@link useBackend} chose, or null.
 *
 * @example
 * ```ts
 * import { getBackend, useBackend } from '@sonnetjs/core';
 * import { cpu } from '@sonnetjs/backend-cpu';
 * import assert from 'node:assert';
 *
 * await useBackend(cpu());
 * assert.equal(getBackend()?.name, 'cpu');
 * ```
 */
export function getBackend(): Backend | null {
  return current;
}
