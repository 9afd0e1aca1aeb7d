#!/usr/bin/env bash
# Makes this folder ready on a Debian or Ubuntu machine that has nothing but python3 (3.11 or later) and make, then
# becomes the command it is given:   ./bootstrap.sh run|test [COMMAND…]
# What is there already is left alone: a second call looks and goes on, within a second.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

readonly ROOT=$PWD VENV=$PWD/.venv
SUDO=()
MISSING=() # "package: why", what the machine lacks

say() { printf '%s\n' "guahao: $*"; }
die() { printf '%s\n' "guahao: $*" >&2; exit 1; }

# Each long step runs in a process group of its own, so that a signal ends the whole of it and leaves nobody behind.
work() {
    set -m
    "$@" </dev/null &
    set +m
    wait $!
}

send() { "${SUDO[@]}" kill "-$1" -- "-$2" 2>/dev/null; }

stop() {
    trap '' INT TERM HUP
    local child
    for child in $(jobs -p); do
        send TERM "$child" || continue
        for _ in {1..30}; do send 0 "$child" || break; sleep 0.1; done
        send KILL "$child" || true
    done
    say "set-up stopped; the next start goes on from here" >&2
    exit "$1"
}
trap 'stop 129' HUP
trap 'stop 130' INT
trap 'stop 143' TERM

find_python() {
    local name
    for name in "${PYTHON:-python3}" python3.13 python3.12 python3.11; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            PYTHON=$(command -v "$name")
            return
        fi
    done
    die "Python 3.11 or later is needed, and none was found. Set PYTHON to it, or install python3."
}

lacks() { MISSING+=("$1: $2"); }

venv_package() {
    case $PYTHON in
        /usr/bin/python3 | /bin/python3) echo python3-venv ;;
        *) "$PYTHON" -c 'import sys; print(f"python{sys.version_info[0]}.{sys.version_info[1]}-venv")' ;;
    esac
}

has_library() { "$PYTHON" -c 'import ctypes, sys; ctypes.CDLL(sys.argv[1])' "$1" 2>/dev/null; }

has_font() { command -v fc-list >/dev/null && [ -n "$(fc-list "$1" family)" ]; }

has_postgres() {
    local initdb
    for initdb in $(command -v initdb || true) /usr/lib/postgresql/*/bin/initdb; do
        [ -x "$initdb" ] || continue
        [ "$("$initdb" --version | grep -oE '[0-9]+' | head -n 1)" -ge 15 ] && return
    done
    return 1
}

has_chromium() {
    local name
    for name in chromium google-chrome google-chrome-stable; do
        command -v "$name" >/dev/null && return
    done
    chromium-browser --version >/dev/null 2>&1 # on Ubuntu it may be there and only say that a snap is missing
}

# Ubuntu has Chromium under another name, and as a snap.
chromium_package() { if grep -qs '^ID=ubuntu' /etc/os-release; then echo chromium-browser; else echo chromium; fi; }

look_for_packages() {
    MISSING=()
    "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null || lacks "$(venv_package)" "makes the virtual environment .venv"
    has_library libpango-1.0.so.0 || lacks libpango-1.0-0 "sets the text of the PDF reports"
    has_library libpangoft2-1.0.so.0 || lacks libpangoft2-1.0-0 "finds the fonts of the PDF reports"
    has_library libharfbuzz-subset.so.0 || lacks libharfbuzz-subset0 "cuts the fonts down that go into the PDF"
    command -v fc-list >/dev/null || lacks fontconfig "lists the fonts of the machine"
    { has_font 'Noto Serif CJK SC' && has_font 'Noto Sans CJK SC'; } || lacks fonts-noto-cjk "Chinese fonts"
    has_font 'AR PL KaitiM GB' || lacks fonts-arphic-gkai00mp "the 楷体 of headings in official papers"
    [ "$1" = test ] || return 0
    has_postgres || lacks postgresql "PostgreSQL 15 or later; the tests start a server of their own"
    has_library libatomic.so.1 || lacks libatomic1 "the tests steer the browser with it"
    has_chromium || lacks "$(chromium_package)" "the browser of the tests"
    command -v pdftotext >/dev/null || lacks poppler-utils "reads the PDF reports back in the tests"
    [ "${TESTS:-}" != soak ] || command -v ssconvert >/dev/null || lacks gnumeric "saves spreadsheets in the long tests"
}

list_missing() { printf '  %s\n' "${MISSING[@]}"; }
names_of_missing() { printf '%s\n' "${MISSING[@]%%:*}" | tr '\n' ' '; }

may_install() {
    command -v apt-get >/dev/null || return 1
    [ "$(id -u)" = 0 ] && return
    command -v sudo >/dev/null && sudo -n true 2>/dev/null || return 1
    SUDO=(sudo -n)
}

ask_for_packages() {
    {
        say "this machine lacks:"
        list_missing
        say "I may not install them (neither root nor sudo without a password). Install them by hand, then try again:"
        echo "  apt-get update && apt-get install --no-install-recommends $(names_of_missing)"
    } >&2
    exit 1
}

apt() { work "${SUDO[@]}" env DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1 "$@" >/dev/null 9>&-; }

# The tests start servers of their own; the package would start one for the whole machine at every boot.
keep_postgres_quiet() {
    local conf=/etc/postgresql-common/createcluster.conf
    [ -e "$conf" ] && return
    say "writing $conf, so that PostgreSQL's package starts no server"
    "${SUDO[@]}" mkdir -p "${conf%/*}"
    echo "create_main_cluster = false" | "${SUDO[@]}" tee "$conf" >/dev/null
}

install_packages() {
    say "installing through apt what this machine lacks:"
    list_missing
    case " $(names_of_missing)" in *" postgresql "*) keep_postgres_quiet ;; esac
    apt dpkg --configure -a || true # what an interrupted installation left behind
    apt apt-get -qq -o DPkg::Lock::Timeout=300 update || say "the lists of packages are old; trying all the same"
    # shellcheck disable=SC2046
    apt apt-get -qq -y -f --no-install-recommends -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 \
        -o Dpkg::Options::=--force-confold install $(names_of_missing) || die "apt could not install them"
    SUDO=()
}

system() {
    look_for_packages "$1"
    [ ${#MISSING[@]} = 0 ] && return
    may_install || ask_for_packages
    install_packages
    look_for_packages "$1"
    case " $(names_of_missing)" in *" chromium-browser "*) die "Ubuntu's Chromium is a snap, and this machine runs \
none: try 'snap install chromium', or install Google Chrome. Only the tests need it." ;; esac
    [ ${#MISSING[@]} = 0 ] || die "still missing after the installation: $(names_of_missing)"
}

# What an environment was made of: another interpreter, lock file or place of this folder makes it stale.
made_of() { { "$PYTHON" -c 'import sys; print(sys.version, sys.base_prefix)'; echo "$ROOT"; cat "$@"; } | sha256sum; }

# The stamp of what was finished is written last, so what was interrupted has none.
stamped() { [ "$(cat "$VENV/$1" 2>/dev/null)" = "$2" ]; }

make_venv() {
    local stamp
    stamp=$(made_of /dev/null)
    if stamped made "$stamp" && [ ! -e "$VENV/half-done" ]; then return; fi
    say "making .venv with $("$PYTHON" --version)"
    work "$PYTHON" -m venv --clear "$VENV" 9>&- || die "the virtual environment could not be made"
    echo "$stamp" >"$VENV/made"
}

environment() {
    local lock=requirements/$1.txt stamp
    stamp=$(made_of "$lock")
    stamped "ready-$1" "$stamp" && return
    make_venv
    say "installing $(grep -c '^[a-z0-9]' "$lock") Python packages into .venv (a minute or two)"
    touch "$VENV/half-done"
    rm -f "$VENV"/ready-*
    work "$VENV/bin/python" -m pip --disable-pip-version-check install --quiet --require-hashes --only-binary :all: \
        -r "$lock" 9>&- || die "pip could not install $lock"
    made_of requirements/run.txt >"$VENV/ready-run" # every lock file holds the packages of run.txt
    echo "$stamp" >"$VENV/ready-$1"
    rm "$VENV/half-done"
}

# The command `guahao` of this folder, wherever it is called from; an installed package brings its own.
make_command() {
    [ -x "$VENV/bin/guahao" ] && return
    printf '#!/usr/bin/env bash\nPYTHONPATH=%q exec %q -m approvals "$@"\n' "$ROOT" "$VENV/bin/python" >"$VENV/bin/guahao"
    chmod +x "$VENV/bin/guahao"
}

# One set-up at a time: a second `make` waits for the first.
alone() {
    exec 9>"$ROOT/.setup.lock"
    flock -n 9 && return
    say "another set-up is at work in this folder; waiting for it"
    work flock 9
}

main() {
    local kind=${1:-}
    case $kind in run | test) shift ;; *) die "usage: ./bootstrap.sh run|test [COMMAND…]" ;; esac
    find_python
    alone
    system "$kind"
    environment "$kind"
    make_command
    exec 9>&-
    trap - INT TERM HUP
    # A run of the tests begins a few hundred processes, which would each compile the whole product anew.
    if [ "$kind" = test ]; then unset PYTHONDONTWRITEBYTECODE; fi
    if [ $# -gt 0 ]; then exec "$@"; fi
}

main "$@"
