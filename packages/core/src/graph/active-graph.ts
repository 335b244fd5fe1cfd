import type { GraphState } from './graph-state.ts';
import { rejectPromise } from './synchronous.ts';

let active: GraphState | null = null;

/** The graph of the innermost `asDefault`, or null where the default graph of the program holds. */
export function innermostState(): GraphState | null {
  return active;
}

/** Runs a function with a graph as the default one. */
export function enterGraph<T>(state: GraphState, fn: () => T): T {
  state.checkUsable();
  const outer = active;
  active = state;
  state.users++;
  try {
    return rejectPromise(fn(), 'graph.asDefault');
  } finally {
    active = outer;
    state.users--;
  }
}
