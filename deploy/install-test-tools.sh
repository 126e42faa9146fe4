#!/bin/sh
# Installs what the tests need beside Python, where it is missing (Debian, Ubuntu).
set -eu

missing=""
need() { # need PACKAGE COMMAND...: one of the commands has to be there
    package=$1
    shift
    for command in "$@"; do
        if command -v "$command" >/dev/null 2>&1; then return; fi
    done
    missing="$missing $package"
}

need chromium chromium chromium-browser google-chrome
need redis-server redis-server
need nginx-light nginx /usr/sbin/nginx
need poppler-utils pdftotext
# Debian keeps the commands of the PostgreSQL server out of the PATH.
if ! command -v postgres >/dev/null 2>&1 && ! ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1; then
    missing="$missing postgresql"
fi
if [ ! -e /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf ]; then
    missing="$missing fonts-dejavu-core"
fi

if [ -z "$missing" ]; then exit 0; fi

if ! command -v apt-get >/dev/null 2>&1; then
    echo "The tests need these, please install them:$missing" >&2
    exit 1
elif [ "$(id -u)" = 0 ]; then
    sudo=""
elif command -v sudo >/dev/null 2>&1; then
    sudo="sudo"
else
    echo "The tests need more tools. Please run as root: apt-get install$missing" >&2
    exit 1
fi

echo "Installing for the tests:$missing"
$sudo apt-get update -qq
# shellcheck disable=SC2086
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
