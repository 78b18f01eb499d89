#!/usr/bin/env bash
# Every check that reads code rather than running it. All run, then the ones that failed are named.
set -uo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=()

step() {
  local name=$1
  shift
  if "$@" >"$work/out" 2>&1; then
    printf '  ok      %s\n' "$name"
  else
    printf '  FAILED  %s\n' "$name"
    sed 's/^/          /' "$work/out"
    failed+=("$name")
  fi
}

breaking() {
  # The contract may only grow against the last image on main; without one there is nothing to break.
  local base
  base=$(git rev-parse -q --verify origin/main || git rev-parse -q --verify main || git rev-parse HEAD)
  git show "$base:dq/v1/descriptors.binpb" >"$work/base.binpb" 2>/dev/null || return 0
  $bin/buf breaking dq/v1/descriptors.binpb --against "$work/base.binpb" --config buf.yaml
}

generated() {
  scripts/generate.sh "$work/gen" || return 1
  diff -rq -x __pycache__ "$work/gen/dq/v1" dq/v1 || { echo "dq/v1 differs from protos/: run make gen"; return 1; }
}

compose() {
  if docker compose version >/dev/null 2>&1; then docker compose -f docker-compose.yml config -q
  elif command -v docker-compose >/dev/null; then docker-compose -f docker-compose.yml config -q
  else echo "neither 'docker compose' nor docker-compose is installed" && test -z "${CI:-}"; fi
}

step "ruff lint" $bin/ruff check .
step "ruff format" $bin/ruff format --check .
step "mypy strict" $bin/mypy
step "import arrows" $bin/lint-imports --no-cache
step "buf lint" $bin/buf lint dq/v1/descriptors.binpb --config buf.yaml
step "buf format" $bin/buf format -d --exit-code protos
step "buf breaking" breaking
step "generated code" generated
step "database models equal migrations" $bin/pytest -q tests/integration/store/test_migrate.py
ENCRYPTION_KEY=check step "compose file" compose

if ((${#failed[@]})); then
  printf '%d of the checks failed: %s\n' "${#failed[@]}" "$(IFS=,; echo "${failed[*]}")"
  exit 1
fi
