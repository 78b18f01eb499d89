#!/usr/bin/env bash
# Writes dq/v1 from protos/: Python modules with type stubs, and the descriptor image that documentation is made from;
# and docs/catalog.md from the registries.
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-.}
python=.venv/bin/python
include=$($python -c 'import grpc_tools, pathlib; print(pathlib.Path(grpc_tools.__file__).parent / "_proto")')
common=$($python -c 'import google.api, pathlib; print(pathlib.Path(google.api.__path__[0]).parents[1])')
export PATH="$PWD/.venv/bin:$PATH"
mkdir -p "$out/dq/v1" "$out/docs"
find "$out/dq/v1" -name '*_pb2*' -delete
cd protos
# A glob is sorted by the locale; the image must not depend on it.
mapfile -t files < <(printf '%s\n' dq/v1/*.proto | LC_ALL=C sort)
case $out in /*) target=$out ;; *) target=../$out ;; esac
protoc=(../$python -m grpc_tools.protoc -I. -I"$common" -I"$include")
"${protoc[@]}" --grpc_python_out="$target" --mypy_grpc_out="$target" dq/v1/*_service.proto 2> >(grep -v '^Writing mypy to' >&2)
"${protoc[@]}" --python_out="$target" --mypy_out="$target" \
  --include_imports --include_source_info --descriptor_set_out="$target/dq/v1/descriptors.binpb" \
  "${files[@]}" 2> >(grep -v '^Writing mypy to' >&2)
../$python -m dq_platform.checks.catalog_document > "$target/docs/catalog.md"
touch "$target/dq/__init__.py" "$target/dq/v1/__init__.py"
