#!/usr/bin/env bash
# Times PyTorch and JAX on one thread and writes docs/benchmarks/results/python.json.
# Installs them from PyPI into a virtual environment (some gigabytes); PYTHON_VENV names its folder.
# Usage: tools/bench/scripts/python.sh [FILE] [ROUNDS]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
venv=${PYTHON_VENV:-$here/../node_modules/.cache/python}
out=${1:-$here/../../../docs/benchmarks/results/python.json}

if [ ! -x "$venv/bin/python" ]; then
  python3 -m venv "$venv"
fi
"$venv/bin/python" -c 'import torch, jax' 2>/dev/null || "$venv/bin/pip" install --quiet torch jax numpy

mkdir -p "$(dirname "$out")"
# JAX has no option for the threads of its compiled code: it is kept to one core.
export OMP_NUM_THREADS=1 MKL_NUM_THREADS=1 JAX_PLATFORMS=cpu
export XLA_FLAGS='--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1'
pin=()
if command -v taskset >/dev/null; then pin=(taskset -c 0); fi
exec "${pin[@]}" "$venv/bin/python" "$here/python.py" "$out" "${2:-31}"
