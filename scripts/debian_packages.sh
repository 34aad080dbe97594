#!/bin/sh
# Browser tests want Chromium and fonts of the world's scripts, tests of several collectors PostgreSQL, those of translation
# by pivot Apertium with its pairs into Portuguese. As root on Debian
# they are installed when missing; elsewhere the tests that need them say so and are skipped.
set -u
wanted=""
command -v chromium >/dev/null 2>&1 || wanted="chromium fonts-noto-core fonts-noto-cjk"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 || wanted="$wanted postgresql"
command -v apertium >/dev/null 2>&1 || wanted="$wanted apertium apertium-es-pt apertium-pt-gl apertium-pt-ca"
[ -n "$wanted" ] || exit 0
[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 || {
  echo "not installed: $wanted; the tests that need them will be skipped"
  exit 0
}
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086 # a list of packages
apt-get update -qq && apt-get install -y -qq --no-install-recommends $wanted >/dev/null \
  || echo "could not be installed: $wanted; the tests that need them will be skipped"
