#!/usr/bin/env bash
# Install Debian's Chromium and one Chinese font for the browser tests, unless they are there.
set -euo pipefail

wanted=()
command -v chromium >/dev/null || command -v google-chrome >/dev/null || wanted+=(chromium)
if ! command -v fc-list >/dev/null || [ -z "$(fc-list :lang=zh family 2>/dev/null | head -1)" ]; then
  wanted+=(fonts-noto-cjk)
fi
if [ ${#wanted[@]} -eq 0 ]; then
  echo "browser and font are there"
  exit 0
fi
sudo=""
[ "$(id -u)" -eq 0 ] || sudo="sudo"
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -qq
$sudo apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null
command -v chromium || command -v google-chrome
