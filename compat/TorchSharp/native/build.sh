#!/usr/bin/env bash
# Builds libsweeps_torch.so, the door into libtorch: build.sh OUTPUT_DIRECTORY
# libtorch is $LIBTORCH (an unpacked libtorch, or the torch folder of a Python installation), else the distribution's.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=${1:?usage: build.sh OUTPUT_DIRECTORY}
mkdir -p "$out"

include=() link=() abi=()
if [ -n "${LIBTORCH:-}" ]; then
  [ -e "$LIBTORCH/lib/libtorch_cpu.so" ] || { echo "LIBTORCH=$LIBTORCH has no lib/libtorch_cpu.so; point it at an unpacked libtorch 1.13 or 2.x." >&2; exit 2; }
  include+=(-isystem "$LIBTORCH/include" -isystem "$LIBTORCH/include/torch/csrc/api/include")
  link+=("-L$LIBTORCH/lib" "-Wl,-rpath,$LIBTORCH/lib")
  # Wheels before 2.6 were built with the old string ABI; the library's own symbols say which.
  if nm -D --defined-only "$LIBTORCH/lib/libc10.so" 2>/dev/null | grep -q '_ZN3c105ErrorC.*NSt7__cxx11'; then abi=(-D_GLIBCXX_USE_CXX11_ABI=1); else abi=(-D_GLIBCXX_USE_CXX11_ABI=0); fi
else
  include+=(-isystem /usr/include/torch/csrc/api/include)
fi
libraries=(-ltorch_cpu -lc10)
# The shim of the CUDA half must be named, or the linker drops it and no CUDA device is found.
[ -n "${LIBTORCH:-}" ] && [ -e "$LIBTORCH/lib/libtorch_cuda.so" ] && libraries=(-Wl,--no-as-needed -ltorch_cuda "${libraries[@]}")

g++ -std=c++17 -O2 -fPIC -shared -fvisibility=hidden -Wall -Werror "${abi[@]}" "${include[@]}" "$here/door.cpp" \
  -o "$out/.libsweeps_torch.so.$$" "${link[@]}" "${libraries[@]}"
mv "$out/.libsweeps_torch.so.$$" "$out/libsweeps_torch.so"
