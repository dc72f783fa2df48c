#!/usr/bin/env bash
# Installs the chart on a real cluster and asks it for everything it promises. `make e2e` has built the images.
#
#   E2E_CONTEXT         a context of kubectl; without it a kind cluster is made, and deleted at the end
#   E2E_LOAD            a command that makes images, its arguments, known to that cluster's nodes
#   CHART_DEPENDENCIES  a folder with the archives that `helm dependency build` would fetch
#   E2E_TAG, E2E_IMAGES the images' tag, and their names
set -euo pipefail
cd "$(dirname -- "$0")/.."

FOLDER=$(mktemp -d)
MADE=
cleanup() {
  [[ -z $MADE ]] || kind delete cluster --name "$MADE"
  rm -rf "$FOLDER"
}
trap cleanup EXIT

if [[ -z ${E2E_CONTEXT:-} ]]; then
  MADE=workout-e2e-$$
  kind create cluster --name "$MADE" --kubeconfig "$FOLDER/kubeconfig" --wait 2m
  export KUBECONFIG=$FOLDER/kubeconfig
  E2E_CONTEXT=kind-$MADE
  E2E_LOAD="kind load docker-image --name $MADE"
fi
if [[ -n ${E2E_LOAD:-} ]]; then
  images=()
  for name in $E2E_IMAGES; do images+=("$name:$E2E_TAG"); done
  $E2E_LOAD "${images[@]}"
fi

cp -R charts/workout-tracker "$FOLDER/chart"
if [[ -n ${CHART_DEPENDENCIES:-} ]]; then
  cp "$CHART_DEPENDENCIES"/*.tgz "$FOLDER/chart/charts/"
else
  helm dependency build "$FOLDER/chart"
fi
export E2E_CONTEXT E2E_TAG E2E_CHART=$FOLDER/chart
.venv/bin/pytest tests/e2e -p no:randomly -n 0 "$@"
