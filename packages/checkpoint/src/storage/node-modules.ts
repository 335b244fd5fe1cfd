/** What is used of `node:fs/promises`. */
export interface FileSystem {
  open(path: string, flags: string): Promise<FileHandle>;
  readdir(path: string): Promise<string[]>;
  /** Makes a folder and those around it, and gives the outermost that it has made. */
  mkdir(path: string, options: { readonly recursive: true }): Promise<string | undefined>;
  rename(from: string, to: string): Promise<void>;
  rm(path: string, options: { readonly force: true }): Promise<void>;
}

/** What is used of an open file. */
export interface FileHandle {
  stat(): Promise<{ readonly size: number }>;
  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }>;
  writeFile(data: Uint8Array): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** What is used of node. */
export interface NodeModules {
  readonly fs: FileSystem;
  readonly path: {
    join(...parts: string[]): string;
    dirname(path: string): string;
    basename(path: string): string;
    resolve(path: string): string;
  };
  readonly url: { fileURLToPath(url: URL): string };
}

let loaded: Promise<NodeModules> | undefined;

/** Node's modules, or null where there is no node, as in a browser. */
export async function nodeModules(): Promise<NodeModules | null> {
  if (!isNode()) return null;
  loaded ??= loadModules();
  return loaded;
}

function isNode(): boolean {
  const { process } = globalThis as { process?: { readonly versions?: { readonly node?: string } } };
  return process?.versions?.node !== undefined;
}

async function loadModules(): Promise<NodeModules> {
  const [fs, path, url] = await Promise.all(['fs/promises', 'path', 'url'].map(load));
  return { fs, path, url } as unknown as NodeModules;
}

/** A name that is put together here is not seen by bundlers, which would look for the module or warn that there is none. */
function load(name: string): Promise<unknown> {
  return import(/* webpackIgnore: true */ /* @vite-ignore */ `node:${name}`);
}
