# Set-up of this machine for Dailies: sourced by packaging/dailies and packaging/check.
# POSIX sh. Expects $root (the project's folder); sets $venv.

venv=${DAILIES_VENV:-$root/.venv}
case $venv in
/*) ;;
*) venv=$PWD/$venv ;;
esac
parent=$(dirname -- "$venv")
note="Dailies sets this folder up."

run_lists="requirements.txt requirements-hashed.txt requirements-torch.txt"
open_lists="requirements-open-weights.txt requirements-open-weights-hashed.txt"
check_lists="$run_lists $open_lists requirements-dev.txt requirements-dev-hashed.txt"

# Shared libraries of Qt's window system plug-ins, sound output, and a font to fall back on.
run_debian="libegl1 libgl1 libopengl0 libxkbcommon0 libxkbcommon-x11-0 libxcb-cursor0
libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxcb-image0 libxcb-render-util0 libxcb-xinerama0
libxcb-randr0 libdbus-1-3 libfontconfig1 libglib2.0-0 libportaudio2 fonts-dejavu-core"
check_debian="$run_debian xvfb xauth"

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "dailies: $*"
    exit 1
}

lists_of() {
    if [ "$1" = check ]; then echo "$check_lists"; else echo "$run_lists"; fi
}

# The requirements' fingerprint: what a finished set-up leaves in the stamp.
fingerprint() {
    (cd -- "$root/packaging" && cat setup.sh $(lists_of "$1")) | cksum
}

# Whether the environment is set up for $1 (run or check). Reads one small file: no Python started.
is_ready() {
    [ -x "$venv/bin/python" ] && [ -r "$venv/.dailies-$1" ] &&
        [ "$(cat -- "$venv/.dailies-$1")" = "$(fingerprint "$1")" ]
}

set_up() {
    is_ready "$1" && return 0
    mkdir -p -- "$parent" 2>/dev/null && [ -w "$parent" ] ||
        fail "The folder $parent cannot be written; set DAILIES_VENV to a place that can."
    refuse_other_folder
    # One at a time. The lock goes with its last holder, also when that is killed. Without flock
    # (not a Linux machine) two set-ups at once are the person's own to avoid.
    exec 9>>"$venv.lock" || fail "$venv.lock cannot be written."
    if command -v flock >/dev/null 2>&1 && ! flock -n 9; then
        say "Another set-up of $venv is running; waiting for it."
        flock 9
    fi
    if ! is_ready "$1"; then
        printf '%s\n' "$note" >"$venv.lock"
        trap 'say ""; say "Set-up was interrupted; the next start begins it anew."; exit 130' INT TERM HUP
        say "Setting up Dailies in $venv (once; some minutes)."
        install_all "$1"
        trap - INT TERM HUP
        say "Set up."
    fi
    rm -f -- "$venv.lock"
    exec 9>&-
}

# A folder that is there already must be a virtual environment: nothing else is ever touched.
refuse_other_folder() {
    [ -e "$venv" ] || return 0
    [ -d "$venv" ] || fail "$venv is a file; set DAILIES_VENV to a folder."
    [ -e "$venv/pyvenv.cfg" ] && return 0
    # One that was killed while it cleared its own folder has left its note.
    [ "$(cat -- "$venv.lock" 2>/dev/null)" = "$note" ] && return 0
    [ -z "$(find "$venv" -type f 2>/dev/null | head -n 1)" ] ||
        fail "$venv holds other things; set DAILIES_VENV to a new folder."
}

install_all() {
    find_python
    install_debian "$1"
    # A Python that only the system's packages brought is found now.
    [ -n "$python" ] || find_python
    [ -n "$python" ] || fail "Python 3.11 or newer is needed and none was found" \
        "(DAILIES_PYTHON can name one)."
    has_venv || fail "$python cannot make virtual environments: its venv module is missing" \
        "(on Debian and Ubuntu: apt-get install $(venv_package))."
    refuse_small_disk
    make_venv
    log=$venv/set-up.log
    : >"$log"
    install_torch
    say "  libraries"
    pip_install --no-deps -r "$root/packaging/requirements.txt"
    pip_install --no-deps --require-hashes -r "$root/packaging/requirements-hashed.txt"
    if [ "$1" = check ]; then
        say "  tools of the checks"
        pip_install --no-deps -r "$root/packaging/requirements-dev.txt"
        pip_install --no-deps --require-hashes -r "$root/packaging/requirements-dev-hashed.txt"
        install_open_weights
    fi
    compile_libraries
    # Lets the environment's Python find the project from any folder.
    printf '%s\n' "$root" >"$(site_packages)/dailies.pth"
    rm -f -- "$venv/.dailies-unfinished"
    fingerprint run >"$venv/.dailies-run"
    [ "$1" != check ] || fingerprint check >"$venv/.dailies-check"
}

# The libraries that read weights of others: for `packaging/dailies open-weights` and the checks.
install_open_weights() {
    say "  libraries for open weights"
    log=$venv/set-up.log
    pip_install --no-deps -r "$root/packaging/requirements-open-weights.txt"
    pip_install --no-deps --require-hashes -r "$root/packaging/requirements-open-weights-hashed.txt"
}

# ------------------------------------------------------------------------------ Python itself

find_python() {
    python=
    if [ -n "${DAILIES_PYTHON:-}" ]; then
        is_new_enough "$DAILIES_PYTHON" ||
            fail "$DAILIES_PYTHON, which DAILIES_PYTHON names, is no Python of 3.11 or newer."
        python=$DAILIES_PYTHON
        return 0
    fi
    # Not everything is built for the newest ones, so those are taken only where there is no other.
    for newest in 13 99; do
        for candidate in python3 python3.13 python3.12 python3.11; do
            if is_new_enough "$candidate" "$newest"; then
                python=$candidate
                return 0
            fi
        done
    done
}

# Whether $1 is a Python of 3.11 or newer, up to 3.$2.
is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11) or sys.version_info[1] > int(sys.argv[1]))' \
        "${2:-99}" >/dev/null 2>&1
}

has_venv() { [ -n "$python" ] && "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; }

venv_package() {
    if [ -n "$python" ]; then
        "$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'
    else
        echo "python3 python3-venv"
    fi
}

make_venv() {
    # One that was whole is brought up to date in place: without a network it is not lost.
    if [ -e "$venv/.dailies-unfinished" ] || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        say "  virtual environment, with $("$python" --version)"
        "$python" -m venv --clear "$venv" || fail "The virtual environment could not be made in $venv" \
            "(see above)."
        : >"$venv/.dailies-unfinished"
    fi
    rm -f -- "$venv/.dailies-run" "$venv/.dailies-check"
}

refuse_small_disk() {
    need_mb=${1:-2500}
    if has_gpu; then need_mb=9000; fi
    [ ! -e "$venv/bin/python" ] || [ -n "${1:-}" ] || need_mb=500
    free_mb=$(df -Pk -- "$parent" 2>/dev/null | awk 'NR == 2 { print int($4 / 1024) }')
    [ -z "$free_mb" ] || [ "$free_mb" -ge "$need_mb" ] ||
        fail "Set-up needs about $need_mb MB in $parent and $free_mb MB are free;" \
            "make room or set DAILIES_VENV to another disk."
}

# ------------------------------------------------------------------------------ Python packages

has_gpu() { [ -e /dev/nvidiactl ] || { command -v nvidia-smi >/dev/null 2>&1 && nvidia-smi -L >/dev/null 2>&1; }; }

install_torch() {
    torch=$(grep '^torch==' "$root/packaging/requirements-torch.txt")
    "$venv/bin/python" -c 'import sys, importlib.metadata as m
version = m.version("torch")
sys.exit(version.split("+")[0] != sys.argv[1].split("==")[1])' "$torch" >/dev/null 2>&1 && return 0
    # The small pure packages that torch asks for are pinned too: first, so that it finds them.
    pip_install --no-deps --require-hashes -r "$root/packaging/requirements-hashed.txt"
    set -- --constraint "$root/packaging/requirements.txt"
    if [ -n "${DAILIES_TORCH_INDEX:-}" ]; then set -- "$@" --index-url "$DAILIES_TORCH_INDEX"; fi
    if has_gpu; then
        say "  torch, for the NVIDIA GPU"
        pip_install "$@" "$torch"
    else
        say "  torch, for the processor"
        run_pip "$@" "$torch+cpu" && return 0
        if [ "$(uname -s)" = Linux ]; then
            say "  (no build for the processor alone was found: the larger one for GPUs, some 5 GB," \
                "works too; DAILIES_TORCH_INDEX can name an index that has the small one)"
            refuse_small_disk 9000
        fi
        pip_install "$@" "$torch"
    fi
}

site_packages() { "$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))'; }

# By all cores at once: pip would do it module by module, which is most of its time. Packages bring
# templates and code for other Pythons along that cannot be compiled; nobody imports those.
compile_libraries() {
    say "  compiling"
    "$venv/bin/python" -m compileall -qq -j 0 "$(site_packages)" >>"$log" 2>&1 || :
}

pip_install() { run_pip "$@" || explain_pip; }

# Its last words lie by themselves: what failed before says nothing of what fails now.
run_pip() {
    status=0
    "$venv/bin/python" -m pip install --no-input --disable-pip-version-check --no-compile -q \
        "$@" >"$log.last" 2>&1 || status=$?
    cat -- "$log.last" >>"$log"
    return "$status"
}

explain_pip() {
    tail -n 5 -- "$log.last" >&2
    if grep -q -i 'no space left' "$log.last"; then
        fail "The disk is full; make room in $parent or set DAILIES_VENV to another disk."
    elif grep -q 'DO NOT MATCH THE HASHES' "$log.last"; then
        fail "A package is not the one that was tested (its hash differs); nothing of it was installed."
    elif grep -q -i -E 'name resolution|failed to establish|unreachable|timed out|connection (error|broken|refused|reset)|proxy' "$log.last"; then
        fail "The package index could not be reached; set-up needs the network once. Try again later."
    elif grep -q -i 'no matching distribution' "$log.last"; then
        fail "A package has no build for $("$venv/bin/python" --version) on this machine (see above);" \
            "DAILIES_PYTHON can name another Python, of 3.11 to 3.13."
    fi
    fail "The Python packages could not be installed; $log tells more."
}

# ------------------------------------------------------------------------------ Debian packages

install_debian() {
    command -v apt-get >/dev/null 2>&1 && command -v dpkg-query >/dev/null 2>&1 || return 0
    if [ "$1" = check ]; then wanted=$check_debian; else wanted=$run_debian; fi
    missing=
    for package in $wanted; do
        # Newer releases call some of them by a longer name.
        is_installed "$package" || is_installed "${package}t64" || missing="$missing $package"
    done
    has_venv || missing="$missing $(venv_package)"
    [ -n "$missing" ] || return 0
    say "Debian packages that are missing:$missing"
    line="apt-get install --no-install-recommends -y$missing"
    if [ "$(id -u)" = 0 ]; then
        apt_install
    elif command -v sudo >/dev/null 2>&1 && may_sudo; then
        apt_install sudo
    else
        say "They were not installed. This line does it:"
        say "  sudo $line"
    fi
}

is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

may_sudo() {
    if [ -t 0 ] && [ -t 2 ]; then
        printf 'Install them with sudo? [Y/n] ' >&2
        read -r answer || answer=n
        case $answer in [nN]*) return 1 ;; *) return 0 ;; esac
    fi
    sudo -n true 2>/dev/null
}

apt_install() {
    say "Installing them."
    # A fresh machine has no list of packages yet.
    if "$@" apt-get update -qq >/dev/null 2>&1 &&
        "$@" env DEBIAN_FRONTEND=noninteractive $line -qq >/dev/null; then
        return 0
    fi
    say "They could not be installed; Dailies goes on without them. This line tries again:"
    say "  $* $line"
}
