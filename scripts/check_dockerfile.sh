#!/usr/bin/env bash
# Build the image and ask it for its health, on a machine without a container engine.
#
# The base is made here with debootstrap and named like the FROM, so no registry is asked. That
# proves the Dockerfile's instructions, not the published base image. Needs root on Debian or
# Ubuntu, some minutes and about 4 GB under TMPDIR. Listens on the loopback only.
set -euo pipefail

MOST_MB=400
IMAGE=encircle:check
PORT=${ENCIRCLE_CHECK_PORT:-8794}
MIRROR=${ENCIRCLE_DEBIAN_MIRROR:-}
ROOT=$(cd "$(dirname "$0")/.." && pwd)
BASE=$(sed -n 's/^ARG BASE=//p' "$ROOT/Dockerfile")
BUILDER=$(sed -n 's/^ARG BUILDER=//p' "$ROOT/Dockerfile")
WORK=$(mktemp -d "${TMPDIR:-/tmp}/encircle-image.XXXXXX")
SERVER=
CONTAINER=

buildah() { command buildah --root "$WORK/store" --runroot "$WORK/run" --storage-driver vfs "$@"; }
say() { printf '== %s\n' "$*"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }

# Every process below the one given, deepest first: what the container started, and nothing else.
descendants() {
  local child
  for child in $(cat "/proc/$1/task/"*/children 2>/dev/null); do
    descendants "$child"
    echo "$child"
  done
}

# shellcheck disable=SC2317,SC2329  # called by the trap
clean_up() {
  if [[ -n $SERVER ]]; then
    for process in $(descendants "$SERVER"); do kill -TERM "$process" 2>/dev/null || true; done
    wait "$SERVER" 2>/dev/null || true # the shell round buildah ends when buildah has tidied up
  fi
  rm -rf --one-file-system "$WORK"
}
trap clean_up EXIT

install_tools() {
  command -v buildah >/dev/null && command -v debootstrap >/dev/null && return
  say "installing buildah and debootstrap"
  apt-get update -qq
  apt-get install -qq -y --no-install-recommends buildah fuse-overlayfs crun debootstrap >/dev/null
}

make_base() {
  say "making a stand-in for $BASE"
  debootstrap --variant=minbase --include=python3,python3-venv,python3-pip,ca-certificates \
    bookworm "$WORK/rootfs" ${MIRROR:+"$MIRROR"} >"$WORK/debootstrap.log" ||
    { tail -20 "$WORK/debootstrap.log"; fail "debootstrap"; }
  cp /etc/ssl/certs/ca-certificates.crt "$WORK/rootfs/etc/ssl/certs/"
  rm -rf "$WORK"/rootfs/var/{cache/apt,lib/apt/lists}/* "$WORK"/rootfs/usr/share/{doc,man,locale}/*
  find "$WORK/rootfs" -name __pycache__ -prune -exec rm -r {} + # all this as in the published slim images
  rm -f "$WORK/rootfs/usr/lib/python3.11/EXTERNALLY-MANAGED"
  ln -s python3 "$WORK/rootfs/usr/bin/python"
  mkdir "$WORK/base"
  tar -C "$WORK/rootfs" -cf "$WORK/base/rootfs.tar" .
  cat >"$WORK/base/Dockerfile" <<-'BASE_IMAGE'
	FROM scratch
	ADD rootfs.tar /
	ENV PIP_CERT=/etc/ssl/certs/ca-certificates.crt
	CMD ["bash"]
	BASE_IMAGE
  buildah bud --isolation chroot -t "$BASE" "$WORK/base" >"$WORK/base.log" 2>&1 ||
    { tail -20 "$WORK/base.log"; fail "the stand-in base"; }
  printf 'FROM %s\nRUN apt-get update && apt-get install -y binutils\n' "$BASE" |
    buildah bud --isolation chroot --pull-never --network host -t "$BUILDER" -f - "$WORK/base" \
      >"$WORK/builder.log" 2>&1 || { tail -20 "$WORK/builder.log"; fail "the stand-in builder"; }
  rm -rf "$WORK/rootfs" "$WORK/base"
}

build_image() {
  say "building the image"
  buildah bud --isolation chroot --pull-never --network host --format docker -t "$IMAGE" "$ROOT" \
    >"$WORK/image.log" 2>&1 || { tail -40 "$WORK/image.log"; fail "the build"; }
}

check_configuration() {
  say "reading its configuration"
  buildah inspect --type image "$IMAGE" | python3 -c 'import json, sys; print(json.dumps(json.load(sys.stdin)["Docker"]["config"], separators=(",", ":")))' >"$WORK/config.json"
  cat "$WORK/config.json" && echo
  grep -q '"User":"[1-9][0-9]*' "$WORK/config.json" || fail "the user is not a number above 0"
  grep -q '"Healthcheck":{' "$WORK/config.json" || fail "there is no health check"
  grep -q '"8000/tcp"' "$WORK/config.json" || fail "port 8000 is not exposed"
  grep -q '"/data":{}' "$WORK/config.json" || fail "cases have no volume"
  grep -q '0\.0\.0\.0' "$WORK/config.json" || fail "the service would listen to itself alone"
}

# Megabytes of an image, all its layers unpacked.
size_of() {
  local container megabytes
  container=$(buildah from --pull-never "$1")
  megabytes=$(du -sm --apparent-size "$(buildah mount "$container")" | cut -f1)
  buildah rm "$container" >/dev/null
  echo "$megabytes"
}

check_size() {
  local all base
  all=$(size_of "$IMAGE") base=$(size_of "$BASE")
  say "$all MB, of which the stand-in base $base"
  ((all < MOST_MB)) || fail "the image is larger than $MOST_MB MB"
}

run_image() {
  say "running it on 127.0.0.1:$PORT"
  CONTAINER=$(buildah from --pull-never "$IMAGE")
  local refused
  refused=$(inside timeout 60 encircle serve --host 0.0.0.0 2>&1) && fail "it serves strangers, and nobody has a key"
  grep -q 'encircle keys new' <<<"$refused" || fail "it does not start, and says no remedy: $refused"
  inside encircle serve --port "$PORT" >"$WORK/server.log" 2>&1 &
  SERVER=$!
  wait_for /healthz
  wait_for /readyz
  inside python -m encircle_api.healthy "$PORT" || fail "the health check"
  ! inside python -m encircle_api.healthy 1 2>/dev/null || fail "the health check takes all for healthy"
}

inside() { buildah run --isolation chroot "$CONTAINER" -- "$@"; }

# A case is kept in the image's own folder for it.
check_case() {
  say "posting to a case"
  local at="http://127.0.0.1:$PORT/v1/cases"
  post() { curl -sf --noproxy '*' --json "$@" >"$WORK/posted.json" || fail "posting to $2"; }
  post '{"id": "c", "situation": {"title": "T", "sides": [{"id": "A"}]}}' "$at"
  post '{"type": "Feature", "id": "p", "geometry": {"type": "Point", "coordinates": [35, 51]},
    "properties": {"kind": "position", "side": "A"}}' "$at/c/observations"
  grep -q '"accepted":\[{"id":"p"' "$WORK/posted.json" || fail "the post"
  grep -q 'kept in SQLite$' "$WORK/server.log" || fail "cases are not kept in a file"
  inside test -s /data/encircle.sqlite || fail "there is no file"
  inside python -c 'import json; assert json.load(open("/opt/encircle/sbom.cdx.json"))["components"]' ||
    fail "there is no list of what is in it"
}

wait_for() {
  for _ in $(seq 120); do
    curl -sf --noproxy '*' "http://127.0.0.1:$PORT$1" >/dev/null && say "$1 answers" && return
    kill -0 "$SERVER" 2>/dev/null || { cat "$WORK/server.log"; fail "the server ended"; }
    sleep 0.5
  done
  cat "$WORK/server.log"
  fail "$1 never answered"
}

check_answers() {
  local answer
  answer=$(curl -sf --noproxy '*' "http://127.0.0.1:$PORT/v1/scenarios/trap-grey-held/judgement")
  say "judged: $(printf '%s' "$answer" | grep -o '"verdict":"[a-z_]*"' | head -1)"
  printf '%s' "$answer" | grep -q '"verdict":"encircled"' || fail "the judgement"
}

check_user() {
  local process uid workers=0
  for process in $(descendants "$SERVER"); do
    tr '\0' ' ' <"/proc/$process/cmdline" | grep -q 'python.*\(encircle serve\|api\.worker\)' || continue
    uid=$(stat -c %u "/proc/$process")
    say "process $(tr '\0' ' ' <"/proc/$process/cmdline" | cut -c1-60) runs as uid $uid"
    [[ $uid != 0 ]] || fail "it runs as root"
    workers=$((workers + 1))
  done
  ((workers > 1)) || fail "neither server nor worker was found"
}

[[ $(id -u) == 0 ]] || fail "run this as root: debootstrap needs it"
install_tools
make_base
build_image
check_configuration
check_size
run_image
check_answers
check_case
check_user
say "the Dockerfile holds"
