/** A disk in memory that stops at any operation, as when a program is killed or a machine loses its power. */
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FileHandle, NodeModules } from '../src/storage/node-modules.ts';
import type { Dice } from './mutate.ts';

/** A file without its name: what programs see, and what is certain to be on the disk. */
interface Inode {
  bytes: Uint8Array;
  synced: Uint8Array;
}

type Names = Map<string, Inode>;

/** A change of names that may or may not be on the disk. */
type Change = (names: Names) => void;

/** Why an operation does not happen. */
class Stopped extends Error {
  override name: string = 'Stopped';
}

/** A disk with one folder `/`. Of what was not brought to it, any part may be lost. */
export class SimulatedDisk {
  /** How many operations there were. */
  operations = 0;
  readonly node: NodeModules;
  readonly #stopAt: number;
  #names: Names = new Map();
  #synced: Names = new Map();
  #changes: Change[] = [];

  /** @param stopAt The operation before which everything stops. */
  constructor(stopAt: number = Number.POSITIVE_INFINITY) {
    this.#stopAt = stopAt;
    this.node = {
      fs: {
        open: (path, flags) => this.#open(path, flags),
        readdir: async () => [...this.#names.keys()].map((path) => posix.basename(path)),
        mkdir: async () => undefined,
        rename: async (from, to) => {
          this.#step();
          const inode = this.#find(from);
          this.#change((names) => {
            names.delete(from);
            names.set(to, inode);
          });
        },
        rm: async (path) => {
          this.#step();
          this.#change((names) => names.delete(path));
        },
      },
      path: posix,
      url: { fileURLToPath },
    };
  }

  get isStopped(): boolean {
    return this.operations > this.#stopAt;
  }

  /** The disk after the program was killed: the system still writes all that it was given. */
  afterKill(): SimulatedDisk {
    const disk = new SimulatedDisk();
    disk.#names = new Map(this.#names);
    return disk;
  }

  /** The disk after the power was lost: some of what was not brought to it is there, some not, of files a part. */
  afterPowerLoss(dice: Dice): SimulatedDisk {
    const disk = new SimulatedDisk();
    const names = new Map(this.#synced);
    for (const change of this.#changes) if (dice.below(2) === 0) change(names);
    for (const [path, { bytes, synced }] of names) {
      const kept = dice.pick([synced, bytes, bytes.slice(0, dice.below(bytes.length + 1))]);
      disk.#names.set(path, bytes === synced ? { bytes, synced } : { bytes: kept, synced: kept });
    }
    return disk;
  }

  #step(): void {
    this.operations++;
    if (this.isStopped) throw new Stopped('everything has stopped');
  }

  #find(path: string): Inode {
    const inode = this.#names.get(path);
    if (inode === undefined) throw Object.assign(new Error(`no ${path}`), { code: 'ENOENT' });
    return inode;
  }

  #change(change: Change): void {
    change(this.#names);
    this.#changes.push(change);
  }

  async #open(path: string, flags: string): Promise<FileHandle> {
    if (path === '/') return this.#folder();
    if (flags === 'w') {
      this.#step();
      const inode = this.#names.get(path) ?? { bytes: new Uint8Array(), synced: new Uint8Array() };
      inode.bytes = new Uint8Array();
      this.#change((names) => names.set(path, inode));
    }
    return this.#file(this.#find(path));
  }

  #file(inode: Inode): FileHandle {
    return {
      stat: async () => ({ size: inode.bytes.length }),
      read: async (buffer, offset, length, position) => {
        buffer.set(inode.bytes.subarray(position, position + length), offset);
        return { bytesRead: length };
      },
      writeFile: async (data) => {
        for (const end of [data.length >> 1, data.length]) {
          this.#step();
          inode.bytes = data.slice(0, end);
        }
      },
      sync: async () => {
        this.#step();
        inode.synced = inode.bytes;
      },
      close: async () => {},
    };
  }

  #folder(): FileHandle {
    const sync = async () => {
      this.#step();
      this.#synced = new Map(this.#names);
      this.#changes = [];
    };
    const nothing = () => Promise.reject(new Error('a folder has no bytes'));
    return { stat: nothing, read: nothing, writeFile: nothing, sync, close: async () => {} };
  }
}
