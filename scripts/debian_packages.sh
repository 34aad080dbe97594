#!/bin/sh
# Browser tests want Chromium and fonts of the world's scripts. As root on Debian they are installed when missing;
# elsewhere the tests that need them say so and are skipped.
set -u
command -v chromium >/dev/null 2>&1 && exit 0
[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 || {
  echo "chromium is not installed: browser tests will be skipped"
  exit 0
}
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-noto-core fonts-noto-cjk >/dev/null \
  || echo "chromium could not be installed: browser tests will be skipped"
