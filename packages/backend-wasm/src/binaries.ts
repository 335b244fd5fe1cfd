/** Where the two WebAssembly binaries are: with SIMD instructions, and for machines without. */
export interface WasmPaths {
  readonly simd: string;
  readonly plain: string;
}

/**
 * The copies that the build puts into this package. Bundlers recognize this form of `new URL`, copy the file and put its
 * address here.
 */
function ownPaths(): WasmPaths {
  return {
    simd: new URL('../binaries/tfjs-backend-wasm-simd.wasm', import.meta.url).href,
    plain: new URL('../binaries/tfjs-backend-wasm.wasm', import.meta.url).href,
  };
}

/** The addresses for what the user said: one of each binary, of the folder that holds both, or nothing. */
export function resolvePaths(paths: string | WasmPaths | undefined): WasmPaths {
  if (paths === undefined) return ownPaths();
  if (typeof paths !== 'string') return paths;
  const folder = paths === '' || paths.endsWith('/') ? paths : `${paths}/`;
  return { simd: `${folder}tfjs-backend-wasm-simd.wasm`, plain: `${folder}tfjs-backend-wasm.wasm` };
}

/** The addresses by file name, as tfjs takes them: it wants all three names, though it loads only one. */
export function byFileName({ simd, plain }: WasmPaths): Record<string, string> {
  return {
    'tfjs-backend-wasm.wasm': plain,
    'tfjs-backend-wasm-simd.wasm': simd,
    'tfjs-backend-wasm-threaded-simd.wasm': simd,
  };
}

/** Why no WebAssembly comes from an address: what a reader needs who sees that the backend did not start. */
export async function diagnose(address: string): Promise<string> {
  try {
    const response = await fetch(address);
    if (!response.ok) return `${address} answers ${response.status}`;
    const start = new Uint8Array(await response.arrayBuffer()).subarray(0, 4);
    if (String.fromCharCode(...start) === '\0asm') return `${address} is WebAssembly but does not start`;
    return `${address} is not WebAssembly (${response.headers.get('content-type') ?? 'no content type'})`;
  } catch (error) {
    return `${address} cannot be fetched (${error instanceof Error ? error.message : String(error)})`;
  }
}
