#!/usr/bin/env bash
# Proves the CUDA device on a machine with a GPU, in two steps, so that the GPU
# machine needs neither Go nor a network:
#
#   cuda/check.sh --build DIR     where Go and gcc are: the test programs, into DIR
#   cuda/check.sh DIR [REPORT]    where the GPU is: runs them, writes the report
#                                 (default cuda/RESULTS.md), exits 1 if a test failed
#
# PYTHON (default python3) is compared with where it has PyTorch. SECTIONS names
# what to run, all by default: conformance whole sanitizer benchmarks training.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

build() {
	mkdir -p "$1"
	local dir
	dir=$(cd "$1" && pwd)
	export CGO_ENABLED=1 CGO_CFLAGS="-O2 -g -I$PWD/cuda/internal/libcuda/include"
	go test -c -tags cuda -trimpath -o "$dir/cuda.test" ./cuda
	go test -c -tags cuda -trimpath -o "$dir/session.test" ./kernel/cmd/session
	ls -l "$dir"
}

failed=0

# section TITLE COMMAND...: its output, and whether it went well.
section() {
	local title=$1 start=$SECONDS word=ok
	shift
	local log=$dir/log.txt
	"$@" >"$log" 2>&1 || { word=FAILED && failed=1; }
	printf '\n## %s: %s (%s s)\n\n```\n' "$title" "$word" "$((SECONDS - start))"
	shorten "$log"
	printf '```\n'
}

# shorten FILE: without the lines of single tests that passed; the end of the rest.
shorten() { grep -vE '^ *(=== |--- PASS)' "$1" | tail -n 400; }

# machine: what stands at the head of the report.
machine() {
	printf '# The CUDA device on a GPU\n\n'
	printf -- '- date: %s\n' "$(date -u +%Y-%m-%d)"
	printf -- '- revision: %s\n' "$(git describe --always --dirty 2>/dev/null || echo unknown)"
	printf -- '- GPU: %s\n' "$(nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader | head -n 1)"
	printf -- '- processor: %s, %s cores\n' "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)"
}

conformance() { (cd cuda && "$dir/cuda.test" -test.v -test.timeout 10m); }

whole() { (cd kernel/cmd/session && "$dir/session.test" -test.v -test.run 'GPU|Whole' -test.timeout 10m); }

# sanitizer: bad addresses and races within blocks, on the conformance suite cut
# to sizes that it can follow.
sanitizer() {
	local tool program
	program=$(command -v compute-sanitizer || true)
	for tool in /usr/local/cuda*/bin/compute-sanitizer; do [ -n "$program" ] || program=$tool; done
	[ -x "$program" ] || { echo "compute-sanitizer is not here" && return 0; }
	for tool in memcheck racecheck; do
		echo "--- $tool"
		(cd cuda && timeout 240 "$program" --tool "$tool" --error-exitcode 9 "$dir/cuda.test" -test.short -test.run 'TestDevice') | tail -n 25
	done
}

benchmarks() { (cd cuda && "$dir/cuda.test" -test.run '^$' -test.bench . -test.benchtime 0.3s -test.timeout 10m); }

# training: steps of the thesis's networks, beside PyTorch.
training() {
	(cd kernel/cmd/session && GLASSY_BENCH_PYTHON=${PYTHON:-python3} "$dir/session.test" -test.v -test.run '^TestTable$' -table -test.timeout 10m)
}

main() {
	local name
	machine
	for name in ${SECTIONS:-conformance whole sanitizer benchmarks training}; do section "$name" "$name"; done
}

case ${1:-} in
--build) build "${2:?a folder for the programs}" ;;
'' | -*)
	sed -n '2,/^set/p' "$0" | sed -n 's/^# \{0,1\}//p'
	exit 2
	;;
*)
	dir=$(cd "$1" && pwd)
	report=${2:-cuda/RESULTS.md}
	main >"$report.new"
	mv "$report.new" "$report"
	echo "the report is in $report"
	exit "$failed"
	;;
esac
