#!/bin/sh
# Installs what pip cannot: Tesseract with Vietnamese, Python's venv module, and the programs that
# are named beside (`make test` names chromium).
# Where it may not install, it says what to ask the administrator for, and stops with 4.
set -eu
missing=""
command -v tesseract >/dev/null 2>&1 || missing="$missing tesseract-ocr"
tesseract --list-langs 2>/dev/null | grep -qx vie || missing="$missing tesseract-ocr-vie"
python=$(sh "$(dirname "$0")/find_python.sh")
"$python" -c 'import ensurepip, venv' 2>/dev/null || missing="$missing python3-venv"
for program in "$@"; do
    command -v "$program" >/dev/null 2>&1 || missing="$missing $program"
done
[ -n "$missing" ] || exit 0

as_root=""
if [ "$(id -u)" != 0 ]; then
    as_root="sudo -n"
    sudo -n true 2>/dev/null || as_root="none"
fi
if [ "$as_root" = none ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "hotich: these system packages are missing:$missing" >&2
    echo "        ask the administrator to run: apt-get install$missing" >&2
    exit 4
fi
echo "hotich: installing$missing"
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
# shellcheck disable=SC2086
$as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
