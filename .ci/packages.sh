#!/usr/bin/env bash
# Install what browser.sh, office.sh and postgis.sh would, in one call and so in less time.
set -euo pipefail

wanted=()
command -v chromium >/dev/null || command -v google-chrome >/dev/null || wanted+=(chromium)
[ -n "$(fc-list :lang=zh family 2>/dev/null | head -1)" ] || wanted+=(fonts-noto-cjk)
command -v soffice >/dev/null || wanted+=(libreoffice-writer-nogui)
ls /usr/share/postgresql/*/extension/postgis.control >/dev/null 2>&1 || wanted+=(postgresql-15-postgis-3)
[ ${#wanted[@]} -gt 0 ] || exit 0

sudo=""
[ "$(id -u)" -eq 0 ] || sudo="sudo"
# No default cluster: postgis.sh makes its own.
$sudo mkdir -p /etc/postgresql-common
[ -e /etc/postgresql-common/createcluster.conf ] ||
  echo "create_main_cluster = false" | $sudo tee /etc/postgresql-common/createcluster.conf >/dev/null
$sudo apt-get update -qq
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
  -o DPkg::Lock::Timeout=300 "${wanted[@]}" >/dev/null
