#!/usr/bin/env bash
# Install Debian's LibreOffice Writer, without which papers are not opened in a real office suite.
set -euo pipefail

if command -v soffice >/dev/null; then
  echo "office suite is there"
  exit 0
fi
sudo=""
[ "$(id -u)" -eq 0 ] || sudo="sudo"
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -qq
$sudo apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 \
  libreoffice-writer-nogui >/dev/null
command -v soffice
