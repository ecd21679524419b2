#!/usr/bin/env bash
# Builds the image of the roles: deploy/docker/build.sh [TAG] [more arguments of docker build, such as --build-arg BASE=…].
set -euo pipefail
cd "$(dirname "$0")/../.."
tag=${1:-osteostream:0.1.0}
shift || true
npm sbom --package-lock-only --omit=dev --sbom-format=cyclonedx >deploy/docker/sbom.cdx.json
docker build --file deploy/docker/Dockerfile --tag "$tag" \
  --build-arg VERSION="${tag##*:}" --build-arg REVISION="$(git rev-parse --short HEAD)" "$@" .
