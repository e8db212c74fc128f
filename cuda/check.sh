#!/usr/bin/env bash
# Proves the CUDA device on a machine with a GPU, in two steps, so that the GPU
# machine needs neither Go nor a network:
#
#   cuda/check.sh --build DIR     where Go and gcc are: the test programs, into DIR
#   cuda/check.sh DIR [REPORT]    where the GPU is: runs them, writes the report,
#                                 exits 1 if a test failed
#
# The second step takes nine minutes at most; TIME names other seconds. PYTHON
# (default python3) is what we are compared with, if it has PyTorch, and NVIDIA's
# libraries are taken of its wheels too. SECTIONS are the names of what to run:
#
#   device        what is here: GPU, driver, libraries; that all kernels compile
#   conformance   every operation against its definition
#   oracles       published values, and by two processes on one GPU at a time
#   networks      whole networks and their training against the CPU
#   training      the thesis's networks, beside PyTorch
#   benchmarks    products, memory, spins, walkers, grids, launches, each against a measure
#   operations    the speed of every other operation, convolutions beside cuDNN
#   sanitizer     compute-sanitizer on the operations
#
# All of them take longer than nine minutes, and the last are then left out: where
# a machine may be had for ten minutes at a time, name the first four, then
# training and benchmarks, then the rest, with a REPORT for each.
#
# The report is cuda/RESULTS.md. With GLASSY_LIBCUDA, which names another driver
# (the mock), it is RESULTS.md in DIR.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

build() {
	mkdir -p "$1"
	local dir
	dir=$(cd "$1" && pwd)
	export CGO_ENABLED=1 CGO_CFLAGS="-O2 -g -I$PWD/cuda/internal/libcuda/include"
	go test -c -tags cuda -trimpath -ldflags='-s -w' -o "$dir/cuda.test" ./cuda
	go test -c -tags cuda -trimpath -ldflags='-s -w' -o "$dir/session.test" ./kernel/cmd/session
	gzip -f "$dir/cuda.test" "$dir/session.test" # small enough to be carried
	git describe --always --dirty >"$dir/revision" 2>/dev/null || echo unknown >"$dir/revision"
	ls -l "$dir"
}

sections=${SECTIONS:-device conformance oracles networks training benchmarks operations sanitizer}
python=${PYTHON:-python3}
failed=0
limit=0 # seconds of the section at work

# section NAME SECONDS TITLE: its output, and whether it went well.
section() {
	local name=$1 title=$3 start=$SECONDS word=ok left=$((${TIME:-540} - SECONDS))
	[[ " $sections " == *" $name "* ]] || return 0
	limit=$(($2 < left ? $2 : left))
	echo "$title" >&2
	if [ "$limit" -lt 10 ]; then
		printf '\n## %s: left out, the time is up\n' "$title"
		failed=1
		return 0
	fi
	"$name" >"$work/log" 2>&1 || { word=FAILED && failed=1; }
	printf '\n## %s: %s (%s s)\n\n' "$title" "$word" "$((SECONDS - start))"
	cat "$work/log"
}

# tests LOG PROGRAM ARGUMENT...: a test program in its package's folder. It is
# ended when the section's time is up.
tests() {
	local log=$1 program=$2 folder=cuda code=0
	shift 2
	[ "$program" = cuda.test ] || folder=kernel/cmd/session
	(cd "$folder" && timeout -k 5 "$((limit + 5))" "$work/$program" -test.v -test.timeout "${limit}s" "$@") >"$work/$log" 2>&1 || code=$?
	case $code in 124 | 137) echo "ended after $limit s: the time was up" >>"$work/$log" ;; esac
	return "$code"
}

# summary LOG: each test with its subtests in a line; what it said, where it
# failed, was skipped or had something to tell, under its name.
summary() {
	printf '```\n'
	awk '
		/^=== (RUN|NAME|CONT|PAUSE)/ { name = $3; next }
		/^ *--- (PASS|FAIL|SKIP)/ {
			indent = match($0, /-/) - 1
			sub(/^ *--- /, "")
			if (indent == 0) ends[++n] = $0
			else if (indent == 4) {
				split($2, path, "/")
				part = substr($2, length(path[1]) + 2)
				gsub(/_/, " ", part)
				if ($1 != "PASS:") part = part " " $1
				parts[path[1]] = parts[path[1]] (parts[path[1]] == "" ? "" : ", ") part
			}
			next
		}
		/^(PASS|FAIL|ok|testing: .*)$/ { next }
		{ if (name != said && $0 != "") print name ":"; if ($0 != "") said = name; print }
		END {
			for (i = 1; i <= n; i++) {
				split(ends[i], word, " ")
				print ends[i] (parts[word[2]] == "" ? "" : ": " parts[word[2]])
			}
		}' "$work/$1" | tail -n 300
	printf '```\n'
}

# machine: what stands at the head of the report.
machine() {
	printf '# The CUDA device on a GPU\n\n'
	printf -- '- date: %s\n' "$(date -u +%Y-%m-%d)"
	printf -- '- revision: %s\n' "$(cat "$dir/revision")"
	printf -- '- GPU, driver, memory, largest clocks: %s\n' "$(nvidia-smi --query-gpu=name,driver_version,memory.total,clocks.max.sm,clocks.max.memory --format=csv,noheader 2>/dev/null | head -n 1 || echo 'no nvidia-smi')"
	printf -- '- processor: %s, %s cores\n' "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)"
}

# driver: the path of the driver's library.
driver() {
	local path
	for path in "${GLASSY_LIBCUDA:-}" $(ldconfig -p 2>/dev/null | awk '/libcuda\.so\.1 .*x86-64/ { print $NF }') /usr/local/nvidia/lib64/libcuda.so.1 /usr/lib/*-linux-gnu/libcuda.so.1; do
		if [ -e "$path" ]; then echo "$path" && return; fi
	done
	return 1
}

# device: and which of the driver's functions that we know it does not have.
device() {
	local path code=0
	tests device session.test -test.run '^TestDoctor$' || code=$?
	summary device
	CUDA_CACHE_DISABLE=1 tests compile cuda.test -test.run '^TestAllCompile$' || code=$? # as who uses them first
	summary compile
	if ! path=$(driver); then
		echo "the driver's library is where the linker finds it, not looked into"
	elif ! command -v nm >/dev/null; then
		echo "nm is not here: $path is not looked into"
	else
		sed -n 's/^CALL(\(.*\))/\1/p' cuda/internal/libcuda/calls.h | sort >"$work/known"
		nm -D --defined-only "$path" | awk '{ sub(/@.*/, "", $NF); print $NF }' | sort -u >"$work/there"
		printf '%s has %s of the %s functions that we know; it lacks: %s\n' "$path" "$(comm -12 "$work/known" "$work/there" | wc -l)" \
			"$(wc -l <"$work/known")" "$(comm -23 "$work/known" "$work/there" | paste -sd ' ')"
	fi
	return "$code"
}

conformance() {
	local code=0
	tests conformance cuda.test || code=$?
	summary conformance
	return "$code"
}

oracles() {
	local code=0 other
	tests second session.test -test.run '^TestOracles$' &
	other=$!
	tests oracles session.test -test.run '^TestOracles$' || code=$?
	summary oracles
	if wait "$other"; then
		echo "A second process did the same at the same time."
	else
		code=1
		echo "A second process at the same time failed:"
		summary second
	fi
	return "$code"
}

networks() {
	local code=0
	tests networks session.test -test.skip '^(TestOracles|TestDoctor|TestTable)$' || code=$?
	summary networks
	return "$code"
}

training() {
	local code=0
	GLASSY_BENCH_PYTHON=$python tests training session.test -test.run '^TestTable$' -table || code=$?
	sed -E '/^(=== |--- PASS|PASS)/d; s/^ {4,8}//' "$work/training" # tables
	return "$code"
}

benchmarks() { speeds -test.bench "$measures"; }

operations() { speeds -test.bench . -test.skip "$measures|Tiles"; }

measures='^Benchmark(Against.*|Descents|Gemm|Grids|Launch|Map|Spins|Walkers)$'

# speeds ARGUMENT...: benchmarks, a line each.
speeds() {
	local code=0
	tests speeds cuda.test -test.run '^$' -test.benchtime 0.2s "$@" || code=$?
	printf '```\n'
	awk -F '\t' '
		/^(goos|goarch|pkg|cpu|PASS)/ || /^Benchmark[^\t]*$/ { next }
		NF < 3 { print; next }
		{
			sub(/-[0-9]+ *$/, "", $1)
			line = sprintf("%-52s", $1)
			for (i = 3; i <= NF; i++) line = line sprintf("  %22s", substr($i, match($i, /[^ ]/)))
			print line
		}' "$work/speeds"
	printf '```\n'
	return "$code"
}

# sanitizer: bad addresses and races within blocks, as far as the time goes.
sanitizer() {
	local tool code program each
	program=$(command -v compute-sanitizer || true)
	for tool in /usr/local/cuda*/bin/compute-sanitizer; do [ -n "$program" ] || program=$tool; done
	[ -x "$program" ] || { echo "compute-sanitizer is not here" && return 0; }
	each=$((limit / 2))
	for tool in memcheck racecheck; do
		code=0
		(cd cuda && timeout -k 5 "$each" "$program" --tool "$tool" --error-exitcode 9 "$work/cuda.test" \
			-test.v -test.short -test.run '^TestDevice$') >"$work/sanitizer" 2>&1 || code=$?
		grep -E '^=========|--- FAIL' "$work/sanitizer" >"$work/complaints" || true
		if [ "$code" = 0 ]; then
			echo "$tool: no complaint about $(grep -c '^    --- PASS' "$work/sanitizer") groups of operations"
		elif grep -q 'Device not supported' "$work/complaints"; then
			echo "$tool does not support this machine"
		elif [ "$code" = 124 ] && ! grep -qE 'Invalid|hazard|ERROR SUMMARY' "$work/complaints"; then
			echo "$tool: no end in $each s, and no complaint until then"
		else
			echo "$tool:"
			printf '```\n' && head -n 60 "$work/complaints" && printf '```\n'
			return 1
		fi
	done
}

run() {
	local report program site
	dir=$(cd "$1" && pwd)
	report=${2:-cuda/RESULTS.md}
	[ -n "${2:-}" ] || [ -z "${GLASSY_LIBCUDA:-}" ] || report=$dir/RESULTS.md
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	for program in cuda.test session.test; do
		gzip -dc "$dir/$program.gz" >"$work/$program"
		chmod +x "$work/$program"
	done
	# Where the driver keeps what it compiled: each test program opens the GPU often.
	[ -w "${HOME:-/nowhere}" ] || export CUDA_CACHE_PATH=${CUDA_CACHE_PATH:-$work/compiled}
	site=$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))' 2>/dev/null || true)
	export GLASSY_CUDA_LIBS=${GLASSY_CUDA_LIBS:-}${site:+:$site}${CUDA_HOME:+:$CUDA_HOME}
	{
		machine
		section device 60 'Device'
		section conformance 240 'Conformance'
		section oracles 60 'Oracles'
		section networks 120 'Networks'
		section training 240 'Training, beside PyTorch'
		section benchmarks 150 'Benchmarks'
		section operations 120 'Operations'
		section sanitizer 200 'compute-sanitizer'
	} >"$report" # at once: who is ended from outside leaves what was done
	echo "the report is in $report"
	exit "$failed"
}

case ${1:-} in
--build) build "${2:?a folder for the programs}" ;;
'' | -*)
	sed -n '2,/^set/p' "$0" | sed -n 's/^# \{0,1\}//p'
	exit 2
	;;
*) run "$@" ;;
esac
