#!/usr/bin/env bash
# A cluster on this machine, and a registry beside it that its node and this machine both call localhost:5001.
#
#   k8s-dev/cluster.sh up      makes what is missing; safe to repeat
#   k8s-dev/cluster.sh down    deletes the cluster with everything in it, and the registry
set -euo pipefail

HERE=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
NAME=${CLUSTER:-workout-tracker}
REGISTRY=$NAME-registry
PORT=5001

for program in docker kind kubectl; do
  command -v "$program" >/dev/null || { echo "$program is needed, and is not there." >&2; exit 1; }
done

up() {
  if [[ $(docker inspect --format '{{.State.Running}}' "$REGISTRY" 2>/dev/null) != true ]]; then
    docker rm --force "$REGISTRY" >/dev/null 2>&1 || true
    docker run --detach --restart unless-stopped --publish "127.0.0.1:$PORT:5000" --name "$REGISTRY" registry:2 >/dev/null
  fi
  kind get clusters 2>/dev/null | grep -qx "$NAME" || kind create cluster --name "$NAME" --config "$HERE/kind.yaml" --wait 2m
  # The node knows the registry by the name of its container.
  for node in $(kind get nodes --name "$NAME"); do
    docker exec "$node" mkdir -p "/etc/containerd/certs.d/localhost:$PORT"
    printf '[host."http://%s:5000"]\n' "$REGISTRY" | docker exec --interactive "$node" cp /dev/stdin "/etc/containerd/certs.d/localhost:$PORT/hosts.toml"
  done
  docker network connect kind "$REGISTRY" 2>/dev/null || true
  # Where Tilt and others look for a registry to push to: KEP-1755.
  kubectl --context "kind-$NAME" apply --filename - <<YAML
apiVersion: v1
kind: ConfigMap
metadata:
  name: local-registry-hosting
  namespace: kube-public
data:
  localRegistryHosting.v1: |
    host: "localhost:$PORT"
    help: "https://kind.sigs.k8s.io/docs/user/local-registry/"
YAML
}

down() {
  kind delete cluster --name "$NAME"
  docker rm --force "$REGISTRY" >/dev/null 2>&1 || true
}

case ${1:-} in
  up | down) "$1" ;;
  *) sed -n 's/^# \{0,1\}//p' "$0" | head -5 >&2; exit 2 ;;
esac
