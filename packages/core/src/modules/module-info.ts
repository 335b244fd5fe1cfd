import type { ConnectedSubGraph } from './connected-sub-graph.ts';

/** What a listing of modules shows of one. Sonnet: `ModuleInfo`. */
export interface ModuleInfo {
  /** The last part of the scope's name. */
  readonly moduleName: string;
  /** The full name of the variable scope. */
  readonly scopeName: string;
  /** The name of the class. */
  readonly className: string;
  /** The connections that the module remembers. */
  readonly connectedSubgraphs: readonly ConnectedSubGraph[];
}
