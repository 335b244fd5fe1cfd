"""Writes the checkpoints of the folder `tensorflow` with TensorFlow itself, and what they hold as JSON.

    pip install tensorflow-cpu==2.15.1 cramjam
    python make-tensorflow-checkpoints.py

TensorFlow can read indices that are compressed and have many blocks, but does not write such ones; the last checkpoint is
another one with its index written anew, and TensorFlow confirms that it reads the same from it.
"""

import json
import os
import shutil
import struct

os.environ['CUDA_VISIBLE_DEVICES'] = ''
os.environ['TF_CPP_MIN_LOG_LEVEL'] = '2'

import cramjam
import numpy as np
import tensorflow as tf

tf1 = tf.compat.v1
here = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'tensorflow')


def numbers(dtype, shape):
    """Distinct values that are exact in bfloat16: multiples of 1/4, negative ones too."""
    count = int(np.prod(shape))
    values = (np.arange(count) - count // 3) / 4
    if dtype == 'bool':
        return (np.arange(count) % 3 == 0).reshape(shape)
    if dtype.startswith(('int', 'uint')):
        return np.arange(count).reshape(shape) * (1 if dtype.startswith('u') else 3) - (0 if dtype.startswith('u') else 5)
    return values.reshape(shape)


def write_expected(folder, names):
    reader = tf.train.load_checkpoint(os.path.join(folder, 'model'))
    expected = {}
    for name in names:
        value = reader.get_tensor(name)
        dtype = reader.get_variable_to_dtype_map()[name].name
        data = value.astype(np.float64).ravel().tolist() if dtype != 'string' else None
        expected[name] = {'dtype': dtype, 'shape': list(value.shape), 'data': data}
    with open(os.path.join(folder, 'expected.json'), 'w') as file:
        json.dump(expected, file, indent=1)
        file.write('\n')


def dtypes(folder):
    """Every dtype that TensorFlow 1's saver takes, scalars, and a tensor without elements."""
    with tf1.Graph().as_default(), tf1.Session() as session:
        names = []
        for dtype in ['float32', 'float64', 'float16', 'bfloat16', 'int32', 'int64', 'bool', 'uint8', 'int8', 'int16',
                      'uint16', 'uint32', 'uint64']:
            for label, shape in [('matrix', (3, 5)), ('scalar', ()), ('empty', (0, 4))]:
                name = f'{dtype}/{label}'
                value = tf.cast(tf.constant(numbers(dtype, shape)), dtype)
                tf1.get_variable(name, initializer=value, use_resource=True)
                names.append(name)
        tf1.get_variable('string', initializer=tf.constant(['a', 'bc']), use_resource=True)
        session.run(tf1.global_variables_initializer())
        tf1.train.Saver().save(session, os.path.join(folder, 'model'), write_meta_graph=False, write_state=False)
    write_expected(folder, names + ['string'])


def sharded(folder):
    """Three data files; variables in slices by the first, the second and the last of three axes."""
    config = tf1.ConfigProto(device_count={'CPU': 3})
    with tf1.Graph().as_default(), tf1.Session(config=config) as session:
        names = []
        for axis, shape in enumerate([(7, 2), (3, 8), (2, 3, 5)]):
            with tf1.device(f'/cpu:{axis}'):
                name = f'sliced_{axis}'
                tf1.get_variable(name, initializer=tf.constant(numbers('float32', shape), tf.float32),
                                 partitioner=tf1.fixed_size_partitioner(3, axis=axis))
                tf1.get_variable(f'whole_{axis}', initializer=tf.constant(numbers('float32', (4,)) + axis, tf.float32))
                names += [name, f'whole_{axis}']
        # Sizes and offsets above 63 take several bytes in the names of slices.
        tf1.get_variable('long', initializer=tf.constant(numbers('int32', (9000,)), tf.int32),
                         partitioner=tf1.fixed_size_partitioner(4))
        session.run(tf1.global_variables_initializer())
        saver = tf1.train.Saver(sharded=True)
        saver.save(session, os.path.join(folder, 'model'), write_meta_graph=False, write_state=False)
    write_expected(folder, names)


def object_based(folder):
    """What TensorFlow 2 writes."""
    layer = tf.Module(name='layer')
    layer.w = tf.Variable(tf.cast(numbers('float32', (3, 2)), tf.float32))
    layer.b = tf.Variable(tf.cast(numbers('float32', (2,)), tf.float32))
    tf.train.Checkpoint(layer=layer).write(os.path.join(folder, 'model'))
    write_expected(folder, ['layer/w/.ATTRIBUTES/VARIABLE_VALUE', 'layer/b/.ATTRIBUTES/VARIABLE_VALUE'])


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    crc ^= 0xFFFFFFFF
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def varint(number):
    out = b''
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def read_varint(data, at):
    number = shift = 0
    while True:
        number |= (data[at] & 127) << shift
        at, shift = at + 1, shift + 7
        if data[at - 1] < 128:
            return number, at


def block_pairs(block):
    end = len(block) - 4 - 4 * struct.unpack('<I', block[-4:])[0]
    at, key = 0, b''
    while at < end:
        shared, at = read_varint(block, at)
        unshared, at = read_varint(block, at)
        size, at = read_varint(block, at)
        key = key[:shared] + block[at:at + unshared]
        at += unshared
        yield key, block[at:at + size]
        at += size


def table_pairs(data):
    footer = data[-48:]
    _, at = read_varint(footer, 0)
    _, at = read_varint(footer, at)
    offset, at = read_varint(footer, at)
    size, at = read_varint(footer, at)
    for _, handle in block_pairs(data[offset:offset + size]):
        start, at = read_varint(handle, 0)
        length, at = read_varint(handle, at)
        yield from block_pairs(data[start:start + length])


def make_block(pairs, restart_interval):
    out, restarts, last = b'', [], b''
    for i, (key, value) in enumerate(pairs):
        shared = 0
        if i % restart_interval == 0:
            restarts.append(len(out))
        else:
            while shared < min(len(key), len(last)) and key[shared] == last[shared]:
                shared += 1
        out += varint(shared) + varint(len(key) - shared) + varint(len(value)) + key[shared:] + value
        last = key
    restarts = restarts or [0]
    return out + b''.join(struct.pack('<I', r) for r in restarts) + struct.pack('<I', len(restarts))


def make_table(pairs, per_block, restart_interval):
    out, handles = b'', []

    def add(block):
        nonlocal out
        compressed = bytes(cramjam.snappy.compress_raw(block))
        kind, stored = (b'\x01', compressed) if len(compressed) < len(block) else (b'\x00', block)
        handle = varint(len(out)) + varint(len(stored))
        out += stored + kind + struct.pack('<I', crc32c(stored + kind))
        return handle

    for i in range(0, len(pairs), per_block):
        part = pairs[i:i + per_block]
        handles.append((part[-1][0], add(make_block(part, restart_interval))))
    meta = add(make_block([], 1))
    footer = meta + add(make_block(handles, 1))
    return out + footer.ljust(40, b'\x00') + struct.pack('<Q', 0xDB4775248B80FB57)


def compressed(folder, source):
    shutil.copy(os.path.join(source, 'model.data-00000-of-00001'), folder)
    with open(os.path.join(source, 'model.index'), 'rb') as file:
        pairs = list(table_pairs(file.read()))
    with open(os.path.join(folder, 'model.index'), 'wb') as file:
        file.write(make_table(pairs, per_block=17, restart_interval=4))
    shutil.copy(os.path.join(source, 'expected.json'), folder)
    with open(os.path.join(folder, 'expected.json')) as file:
        expected = json.load(file)
    reader = tf.train.load_checkpoint(os.path.join(folder, 'model'))
    for name, entry in expected.items():
        if entry['data'] is not None:
            assert reader.get_tensor(name).astype(np.float64).ravel().tolist() == entry['data'], name


def main():
    shutil.rmtree(here, ignore_errors=True)
    folders = {name: os.path.join(here, name) for name in ['dtypes', 'sharded', 'object_based', 'compressed']}
    for folder in folders.values():
        os.makedirs(folder)
    dtypes(folders['dtypes'])
    sharded(folders['sharded'])
    object_based(folders['object_based'])
    compressed(folders['compressed'], folders['dtypes'])


main()
