"""Unpacks TensorFlow's libraries and C headers from its wheel: python3 unpack.py WHEEL FOLDER."""

import sys
import zipfile

WANTED = (
    "tensorflow/libtensorflow_cc.so",
    "tensorflow/libtensorflow_framework.so",
    "tensorflow/include/tensorflow/c/",
    "tensorflow/include/tensorflow/core/platform/ctstring",
    "tensorflow/include/tensorflow/tsl/",
    "tensorflow/include/tsl/",
    "tensorflow/include/xla/tsl/",
)

wheel, folder = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    archive.extractall(folder, [name for name in archive.namelist() if name.startswith(WANTED)])
