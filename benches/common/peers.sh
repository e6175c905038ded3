# What the scripts `peers` of the benches have in common. They set `bench` and `here`, and have a function for each name
# that leaves "$out/NAME.new", or says in its last line why it cannot.
# shellcheck shell=bash

out=${CARGO_TARGET_DIR:-$here/../../target}/$bench-bench
limit=${AGIKIT_BUILD_LIMIT:-600}
mkdir -p -- "$out" || exit 1
out=$(cd -- "$out" && pwd)

# need PROGRAM [PACKAGE]: says that it is missing, and which of Debian's packages has it.
need() { type -P "$1" >/dev/null || { echo "$1 is not installed${2:+: apt-get install $2}"; return 1; }; }

# in-venv MODULE: a virtual environment with all of python/requirements.txt, unless it is there.
in-venv() {
  need python3 'python3-venv' || return 1
  "$out/venv/bin/python" -c "import $1" 2>/dev/null && return
  python3 -m venv "$out/venv" && timeout "$limit" "$out/venv/bin/python" -m pip install -q --disable-pip-version-check -r \
    python/requirements.txt
}

# build NAME: its program, or why there is none. (In a shell of its own: it may go to other folders.)
build() {
  rm -f -- "$out/$1.new" "$out/$1.why"
  if ("$1") >"$out/$1.log" 2>&1 </dev/null && [ -x "$out/$1.new" ]; then
    mv -- "$out/$1.new" "$out/$1"
  else
    rm -f -- "$out/$1"
    { grep . "$out/$1.log" || echo 'it could not be built'; } | tail -n 1 >"$out/$1.why"
  fi
}

# build-those ALL -- WANTED: those that are named, or all.
build-those() {
  local name all=()
  while [ "$1" != -- ]; do
    all+=("$1")
    shift
  done
  for name in "${all[@]}"; do
    case " ${*:2} " in
      '  ' | *" $name "*) build "$name" ;;
    esac
  done
}
