import { CheckpointError } from '../checkpoint-error.ts';
import { nodeModules } from './node-modules.ts';
import { readFile, reasonOf } from './read-file.ts';

/** What the names of one or several files begin with, on a disk or on a server. */
export interface Place {
  /** How errors call it. */
  readonly name: string;
  /** The file whose name is this place's and a suffix, or null when there is none. */
  read(suffix: string): Promise<Uint8Array | null>;
}

/**
 * The place that a path, an address or a URL means: a file in node, unless it begins with `http:` or the like.
 *
 * @param cut How many characters of the name's end do not belong to it.
 */
export async function placeOf(where: string | URL, cut: number = 0): Promise<Place> {
  const node = await nodeModules();
  const text = String(where);
  if (node === null || /^(https?|blob|data):/i.test(text)) return addressPlace(text, cut);
  const path = where instanceof URL || text.startsWith('file:') ? node.url.fileURLToPath(new URL(text)) : text;
  const name = path.slice(0, path.length - cut);
  return { name, read: (suffix) => readFile(node, name + suffix) };
}

/** Suffixes go before the query, which may hold a signature or a version. */
function addressPlace(text: string, cut: number): Place {
  const base = (globalThis as { location?: { readonly href: string } }).location?.href;
  const url = new URL(text, base);
  const path = url.pathname.slice(0, url.pathname.length - cut);
  const read = async (suffix: string): Promise<Uint8Array | null> => {
    const address = new URL(url);
    // The address of a blob cannot be changed, and need not be.
    if (suffix !== '' || cut > 0) address.pathname = path + suffix;
    let response: Response;
    try {
      response = await fetch(address);
    } catch (error) {
      throw new CheckpointError(`Cannot fetch ${address}: ${reasonOf(error)}.`, { cause: error });
    }
    if (response.status === 404 || response.status === 410) return null;
    return readResponse(response);
  };
  return { name: url.href, read };
}

/**
 * The body of a response.
 *
 * @throws CheckpointError when the server did not give the file, or the connection broke.
 */
export async function readResponse(response: Response): Promise<Uint8Array> {
  const name = response.url === '' ? 'the checkpoint' : response.url;
  if (!response.ok) throw new CheckpointError(`Cannot fetch ${name}: the server answers ${response.status}.`);
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    throw new CheckpointError(`Cannot fetch ${name}: ${reasonOf(error)}.`, { cause: error });
  }
}
