#!/usr/bin/env bash
# List what each image adds to its base as CycloneDX, in dist/sbom: names, versions, licences, and who needs whom.
# Packages come from the locks, installed for Linux and the images' Python into folders that are only read. What the base
# images bring, Debian's packages, Python and nginx, is theirs to list.
#
#   make sbom
set -euo pipefail
cd "$(dirname "$0")/.."
uv=${UV:-uv} into=dist/sbom
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$into"

"$uv" venv --quiet "$work/tool"
"$uv" pip sync --quiet --python "$work/tool" --require-hashes requirements/sbom.txt
for pyproject in services/*/pyproject.toml; do
  folder=$(dirname "$pyproject") service=$(basename "$(dirname "$pyproject")")
  python=$(sed -n 's/^FROM python:\([0-9.]*\).*/\1/p' "$folder/Dockerfile" | head -n 1)
  members=$(sed -n 's|^COPY \(packages/[a-z_]*\) .*|./\1|p' "$folder/Dockerfile")
  target=(--quiet --python "$work/$service" --python-version "$python" --python-platform linux)
  "$uv" venv --quiet "$work/$service"
  "$uv" pip sync "${target[@]}" --require-hashes --no-build "requirements/$service.txt"
  "$uv" pip install "${target[@]}" --no-deps $members # words: none has a space
  "$work/tool/bin/cyclonedx-py" environment --output-reproducible --pyproject "$pyproject" "$work/$service" |
    sed "s|file://$PWD/||" >"$into/${service//_/-}.cdx.json"
done
cd services/frontend
./with-node npm sbom --package-lock-only --omit dev --sbom-type application --sbom-format cyclonedx >"../../$into/frontend.cdx.json"
