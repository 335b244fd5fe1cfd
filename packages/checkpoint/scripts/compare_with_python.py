"""The part of compare-with-python.ts that is written in Python: `python compare_with_python.py FOLDER SEED`.

Reads every file `ours-*` of the folder with Hugging Face's library and writes it again, which must give the same bytes;
says what it finds in `saver`, the file of a saver; then writes files `theirs-*` of its own.
"""

import json
import os
import sys

import ml_dtypes
import numpy as np
from safetensors import deserialize, safe_open
from safetensors.numpy import save

DTYPES = ['bool', 'uint8', 'int8', 'int16', 'uint16', 'float16', 'int32', 'uint32', 'float32', 'float64', 'int64', 'uint64',
          'bfloat16', 'complex64', 'float8_e5m2', 'float8_e4m3fn']
SPELLINGS = dict(zip(['BOOL', 'U8', 'I8', 'I16', 'U16', 'F16', 'I32', 'U32', 'F32', 'F64', 'I64', 'U64', 'BF16', 'C64', 'F8_E5M2',
                      'F8_E4M3'], DTYPES))
LETTERS = ['a', 'b', '/', '.', 'ü', '"', '\\', '\n', '\x7f', '\uffff', '\U00010000', ' ']


def numpy_dtype(name):
    return np.dtype(getattr(ml_dtypes, name, None) or name)


def load(data):
    return {name: np.frombuffer(bytes(entry['data']), dtype=numpy_dtype(SPELLINGS[entry['dtype']])).reshape(entry['shape'])
            for name, entry in deserialize(data)}


def random_tensor(random):
    dtype = numpy_dtype(DTYPES[random.integers(len(DTYPES))])
    shape = tuple(random.integers(0, 4, size=random.integers(0, 4)).tolist())
    count = int(np.prod(shape)) * dtype.itemsize
    data = random.integers(0, 2 if dtype == np.bool_ else 256, size=count, dtype=np.uint8).tobytes()
    return np.frombuffer(data, dtype=dtype).reshape(shape)


def random_name(random):
    return ''.join(LETTERS[i] for i in random.integers(len(LETTERS), size=random.integers(1, 6)))


def read(path):
    with safe_open(path, 'np') as file:
        metadata = file.metadata()
    with open(path, 'rb') as file:
        return file.read(), metadata


def describe(path, tensors, metadata):
    described = {name: [str(t.dtype), list(t.shape), t.tobytes().hex()] for name, t in tensors.items()}
    with open(f'{path}.json', 'w') as file:
        json.dump({'tensors': described, 'metadata': metadata or {}}, file)


def main():
    folder, seed = sys.argv[1], int(sys.argv[2])
    saver = os.path.join(folder, 'saver')
    data, metadata = read(saver)
    describe(saver, load(data), metadata)
    names = sorted(name for name in os.listdir(folder) if name.startswith('ours-'))
    for name in names:
        ours, metadata = read(os.path.join(folder, name))
        theirs = save(load(ours), metadata)
        if theirs != ours:
            sys.exit(f'{name} differs:\n{ours!r}\n{theirs!r}')
    random = np.random.default_rng(seed)
    for i in range(len(names)):
        tensors = {random_name(random): random_tensor(random) for _ in range(random.integers(0, 8))}
        metadata = {random_name(random): random_name(random)} if random.integers(2) else None
        path = os.path.join(folder, f'theirs-{i}')
        with open(path, 'wb') as file:
            file.write(save(tensors, metadata))
        describe(path, tensors, metadata)


main()
