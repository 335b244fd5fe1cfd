/** Whether a backend can run on this machine and, where it cannot, why. */
export type Availability = { readonly available: true } | { readonly available: false; readonly reason: string };

/** What an initialized backend can do. */
export interface Capabilities {
  /** Whether kernels run on SIMD instructions. */
  readonly simd: boolean;
  /** Number of threads that kernels may use. */
  readonly threads: number;
  /** Whether kernels run on a GPU. */
  readonly gpu: boolean;
  /** tfjs kernels that this backend lacks; an op that needs one throws. */
  readonly missingKernels: readonly string[];
  /** What keeps the backend here from what it can do elsewhere, for people to read. Absent where nothing does. */
  readonly limitations?: readonly string[];
}

/**
 * An adapter of a tfjs backend: what {@link useBackend} chooses from.
 *
 * Adapters are packages of their own (`@sonnetjs/backend-wasm` exports `wasm()`), so that an application installs only
 * the ones that it uses.
 */
export interface Backend {
  /** The name of the backend: `cpu`, `wasm`, `node`, `node-gpu`, `webgpu` or an adapter's own. */
  readonly name: 'cpu' | 'wasm' | 'node' | 'node-gpu' | 'webgpu' | (string & {});
  /** Finds out whether the backend can run here, without changing anything. */
  isAvailable(): Promise<Availability>;
  /**
   * Registers the backend's kernels and makes it tfjs's current backend. Calling it again does no harm.
   *
   * @throws Error when the backend cannot start although it said that it is available.
   */
  initialize(): Promise<void>;
  /** What the backend can do; complete once `initialize` has resolved. */
  readonly capabilities: Capabilities;
}
