import { LayerNorm, Linear } from '@sonnetjs/layers';
import { AttentionMLP } from './attention-mlp.ts';

/** The layers of one block of attention. */
export interface BlockLayers {
  /** Gives queries, keys and values of all heads. */
  readonly projection: Linear;
  /** Normalizes what the projection gives, the memory before the MLP, and the memory after it. */
  readonly norms: readonly [projected: LayerNorm, before: LayerNorm, after: LayerNorm];
}

/** The layers of the gates. */
export interface GateLayers {
  /** What input and forget gates get from the inputs. */
  readonly fromInputs: Linear;
  /** What they get from the memory. */
  readonly fromMemory: Linear;
}

/** The layers of a RelationalMemory. */
export interface MemoryLayers {
  /** Maps inputs to rows of the memory's size. */
  readonly input: Linear;
  /** The same one in all blocks. */
  readonly mlp: AttentionMLP;
  readonly blocks: readonly BlockLayers[];
  /** Null without gates. */
  readonly gates: GateLayers | null;
}

/** What decides about the layers. */
export interface MemoryLayersOptions {
  readonly memSize: number;
  /** The size of queries, keys and values of all heads together. */
  readonly projectionSize: number;
  readonly numBlocks: number;
  readonly mlpLayers: number;
  /** The size of both gates together; null without gates. */
  readonly gateSize: number | null;
}

/** Makes the layers in the order in which Sonnet does, from which they have their names. */
export function makeMemoryLayers(options: MemoryLayersOptions): MemoryLayers {
  const { memSize, projectionSize, numBlocks, mlpLayers, gateSize } = options;
  const input = new Linear(memSize);
  const mlp = new AttentionMLP(memSize, mlpLayers);
  const blocks = Array.from({ length: numBlocks }, (): BlockLayers => {
    const projection = new Linear(projectionSize);
    return { projection, norms: [new LayerNorm(), new LayerNorm(), new LayerNorm()] };
  });
  const gates = gateSize === null ? null : { fromInputs: new Linear(gateSize), fromMemory: new Linear(gateSize) };
  return { input, mlp, blocks, gates };
}
