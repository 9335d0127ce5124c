#!/bin/bash
# Installs, upgrades, checks, rolls back and removes Aftercall on Debian 12/13 or Raspberry Pi OS, from an unpacked
# bundle and without any network. `./install.sh --help` lists the commands; docs/install.md explains them.
# The whole script is read before its first command runs: main is called in the last line.

set -euo pipefail
umask 027
export LC_ALL=C

readonly FREE_OPT_MB=300   # two releases of about 100 MB and one being staged
readonly FREE_DATA_MB=1024 # years of texts, and room for backups
readonly UNITS=(aftercall-worker.service aftercall-web.service aftercall-web.socket
    aftercall-usb-reset.path aftercall-usb-reset.service)

ROOT=""           # everything goes below this folder; empty: this machine
COMMAND=install
CONFIG=""         # a ready config.toml for the first install
START=no          # enable and start the services
REINSTALL=no      # build the same version again
PURGE=no
YES=no
CHOSEN_PYTHON=${PYTHON:-}
PYTHON_BIN=""
HERE=""
STAGE=""
UNDO=()
COMMITTED=yes     # "no" between the first change and the last

usage() {
    cat <<'TEXT'
Usage: install.sh [COMMAND] [OPTION]...
Commands:
  install        install or upgrade from this bundle (the default)
  check          print one line for each test of this machine (also: --check)
  rollback       go back to the version before
  uninstall      remove the program; configuration and data stay
Options:
  --root DIR     work below DIR and leave this machine alone (also: the variable DESTDIR)
  --config FILE  the configuration to start with, if there is none yet
  --start        enable and start the services when the installation is done
  --reinstall    build this version again although it is installed
  --python FILE  the Python to use (3.11 or newer; default /usr/bin/python3)
  --purge        with uninstall: remove configuration and data too
  --yes          do not ask
Exit: 0 good, 1 a problem was found or the installation failed (the old state is back), 2 wrong use.
TEXT
}

say() { printf '%s\n' "$*"; }
wrong_use() { printf 'install.sh: %s\n' "$*" >&2; exit 2; }
fail() { printf 'install.sh: %s\n' "$*" >&2; exit 1; }

# ---------------------------------------------------------------- undo

remember_undo() { UNDO+=("$(printf '%q ' "$@")"); }

# shellcheck disable=SC2317  # called by the traps
on_exit() {
    local status=$? i
    trap - EXIT INT TERM HUP
    if [ "$COMMITTED" = no ]; then
        set +e
        for ((i = ${#UNDO[@]} - 1; i >= 0; i--)); do eval "${UNDO[i]}"; done
        printf 'install.sh: stopped; what was there before is back in place.\n' >&2
        [ "$status" -ne 0 ] || status=1
    fi
    [ -z "$STAGE" ] || rm -rf -- "$STAGE"
    exit "$status"
}

# A symbolic link is put beside the old one and renamed over it: there is no moment without a link.
point() { # LINK TARGET
    [ "$(readlink -- "$1" 2>/dev/null || true)" != "$2" ] || return 0
    ln -sfn -- "$2" "$1.new"
    mv -T -- "$1.new" "$1"
}

point_undoably() { # LINK TARGET
    local old
    old=$(readlink -- "$1" 2>/dev/null || true)
    if [ -n "$old" ]; then remember_undo point "$1" "$old"; else remember_undo rm -f -- "$1"; fi
    point "$1" "$2"
}

# Copies a file only where it differs, so that a second run changes nothing.
place() { # SOURCE TARGET MODE
    if cmp -s -- "$1" "$2" && [ "$(stat -c %a -- "$2")" = "$3" ]; then return 0; fi
    make_folder "$(dirname -- "$2")"
    if [ -e "$2" ]; then
        cp -p -- "$2" "$STAGE/undo-$(basename -- "$2")"
        remember_undo cp -pT -- "$STAGE/undo-$(basename -- "$2")" "$2"
    else
        remember_undo rm -f -- "$2"
    fi
    install -m "$3" -T -- "$1" "$2.aftercall-new"
    mv -T -- "$2.aftercall-new" "$2"
}

forget() { # TARGET: a file that the version gone back to does not have
    [ -e "$1" ] || return 0
    cp -p -- "$1" "$STAGE/undo-$(basename -- "$1")"
    remember_undo cp -pT -- "$STAGE/undo-$(basename -- "$1")" "$1"
    rm -f -- "$1"
}

make_folder() { # below ROOT; system folders that are missing there are open to all as usual
    [ -d "$1" ] || (umask 022 && mkdir -p -- "$1")
}

# ---------------------------------------------------------------- what there is

live() { [ -z "$ROOT" ]; }
booted() { live && [ -d /run/systemd/system ]; }
machine() { uname -m; }
active() { booted && systemctl --quiet is-active "$1"; }
release_of() { readlink -- "$ROOT/opt/aftercall/$1" 2>/dev/null || true; }

python_version() { "$1" -I -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null; }
python_makes_venvs() { "$1" -I -c 'import ensurepip, venv' 2>/dev/null; }

bundle_value() { sed -n "s/^$1=//p" "$HERE/BUNDLE"; }

bundle_supports() { # PYTHON-VERSION
    case " $(bundle_value supports) " in *" $1-$(machine) "*) return 0 ;; *) return 1 ;; esac
}

python_candidates() {
    if [ -n "$CHOSEN_PYTHON" ]; then
        command -v -- "$CHOSEN_PYTHON" || true
        return 0
    fi
    local name
    for name in python3 python3.13 python3.12 python3.11; do
        [ ! -x "/usr/bin/$name" ] || say "/usr/bin/$name"
    done
    command -v python3 || true
}

find_python() {
    local candidate version seen="" bare=""
    while IFS= read -r candidate; do
        version=$(python_version "$candidate") || continue
        seen="$seen $candidate=$version"
        bundle_supports "$version" || continue
        if ! python_makes_venvs "$candidate"; then
            bare="$bare $candidate"
            continue
        fi
        PYTHON_BIN=$candidate
        return 0
    done < <(python_candidates)
    [ -z "$bare" ] || fail "$bare cannot make virtual environments. Remedy: apt install python3-venv"
    fail "this bundle carries wheels for: $(bundle_value supports). Found on this machine ($(machine)):${seen:- no Python}." \
        "Remedy: take the bundle made for it, or name a fitting Python with --python FILE."
}

intact() { # RELEASE-DIR: are all installed files as they were installed?
    [ -f "$1/INSTALLED.sha256" ] && (cd -- "$1" && sha256sum --quiet --check INSTALLED.sha256 >/dev/null 2>&1)
}

free_mb() { # PATH: space where it is or will be
    local path=$1
    while [ ! -e "$path" ]; do path=$(dirname -- "$path"); done
    df -Pk -- "$path" | awk 'NR == 2 { print int($4 / 1024) }'
}

# ---------------------------------------------------------------- install

need_bundle() {
    local part
    for part in BUNDLE MANIFEST.sha256 requirements.lock wheels systemd config.example.toml; do
        [ -e "$HERE/$part" ] || fail "$HERE is not an unpacked bundle: $part is missing. (\`make bundle\` makes one.)"
    done
    (cd -- "$HERE" && sha256sum --quiet --check MANIFEST.sha256) ||
        fail "the bundle is damaged: the files above differ from MANIFEST.sha256. Remedy: copy it again."
}

need_root() {
    live || return 0
    [ "$(id -u)" -eq 0 ] ||
        wrong_use "needs root to install on this machine (sudo $0), or --root DIR to install into a folder"
}

take_lock() {
    make_folder "$ROOT/opt/aftercall/releases"
    exec 9>>"$ROOT/opt/aftercall/.lock"
    flock -n 9 || fail "another install.sh is at work"
}

build_release() { # FINAL-DIR (as the box will see it)
    local final=$1 venv="$STAGE/release/venv" log="$STAGE/pip.log" real
    say "Building the program for $PYTHON_BIN ($(python_version "$PYTHON_BIN"), $(machine)) ..."
    umask 022
    mkdir -p -- "$STAGE/release"
    # The exact interpreter, not python3: after an upgrade of Debian the program must say "no such Python", not
    # start under one it has no packages for.
    real=$("$PYTHON_BIN" -I -c 'import os, sys; print(os.path.realpath(sys.executable))')
    "$real" -I -m venv -- "$venv" >"$log" 2>&1 || { cat "$log" >&2; fail "the virtual environment could not be made"; }
    # --isolated: neither pip's configuration nor its variables may lead it to a network.
    "$venv/bin/python" -I -m pip --isolated install --no-index --find-links "$HERE/wheels" --require-hashes \
        --only-binary :all: --no-compile --no-cache-dir --disable-pip-version-check \
        -r "$HERE/requirements.lock" >"$log" 2>&1 || { cat "$log" >&2; fail "the packages could not be installed"; }
    # Nothing is ever added to a release, so nothing that could add stays in it.
    "$venv/bin/python" -I -m pip --isolated uninstall --yes setuptools pip >>"$log" 2>&1 ||
        { cat "$log" >&2; fail "pip could not be taken out of the program's folder"; }
    settle_paths "$venv" "$final/venv"
    "$venv/bin/python" -I -m compileall -q -j 0 -s "$venv" -p "$final/venv" "$venv/lib" >"$log" 2>&1 ||
        { cat "$log" >&2; fail "the program could not be compiled"; }
    "$venv/bin/python" -I -B -c 'import appliance, modem, web' || fail "the program does not start on this machine"
    cp -r -- "$HERE/systemd" "$HERE/requirements.lock" "$HERE/config.example.toml" "$HERE/MANIFEST.sha256" \
        "$HERE/BUNDLE" "$HERE/LICENSE" "$HERE/docs" "$HERE/install.sh" "$STAGE/release/"
    chmod -R u+rwX,go+rX,go-w -- "$STAGE/release"
    (cd -- "$STAGE/release" && find . -type f ! -name INSTALLED.sha256 -print0 | sort -z | xargs -0 sha256sum) \
        >"$STAGE/INSTALLED.sha256"
    install -m 644 -- "$STAGE/INSTALLED.sha256" "$STAGE/release/INSTALLED.sha256"
    umask 027
}

# The environment is built in a staging folder: its scripts must name the place where they will live.
settle_paths() { # STAGED-VENV FINAL-VENV
    rm -f -- "$1"/bin/activate* "$1"/bin/Activate*
    "$1/bin/python" -I -B - "$1" "$2" <<'PYTHON'
import pathlib, sys

staged, final = sys.argv[1:]
root = pathlib.Path(staged)
for path in [*(root / "bin").iterdir(), root / "pyvenv.cfg"]:
    if path.is_symlink() or not path.is_file():
        continue
    text = path.read_text(encoding="utf-8")
    # Where the staging path has a space or is long, pip starts the script by way of /bin/sh.
    if text.startswith("#!/bin/sh\n'''exec' "):
        text = f"#!{staged}/bin/python\n" + text.split("\n", 3)[3]
    lines = [line for line in text.splitlines(keepends=True) if not line.startswith("command = ")]
    path.write_text("".join(lines).replace(staged, final), encoding="utf-8")
PYTHON
}

config_is_read_by() { # RELEASE-DIR CONFIG-FILE
    "$1/venv/bin/python" -I -B - "$2" <<'PYTHON'
import pathlib, sys

from appliance.config import load
from appliance.errors import ConfigError

try:
    load(pathlib.Path(sys.argv[1]))
except ConfigError as error:
    sys.exit(f"{error}")
PYTHON
}

box_config() { # EXAMPLE OUTPUT: the shipped example with the folders of an installed box
    sed -e 's|"data/aftercall\.db"|"/var/lib/aftercall/aftercall.db"|' \
        -e 's|"feeds/cad"|"/var/spool/aftercall/cad"|' -- "$1" >"$2"
}

place_config() { # RELEASE-DIR OLD-RELEASE-DIR-OR-EMPTY
    local target="$ROOT/etc/aftercall/config.toml"
    [ -d "$ROOT/etc/aftercall" ] || (umask 027 && make_folder "$ROOT/etc" && mkdir -- "$ROOT/etc/aftercall")
    if [ ! -e "$target" ]; then
        if [ -n "$CONFIG" ]; then cp -- "$CONFIG" "$STAGE/config.toml"; else box_config "$1/config.example.toml" "$STAGE/config.toml"; fi
        place "$STAGE/config.toml" "$target" 640
        return 0
    fi
    if [ -n "$2" ] && ! cmp -s -- "$1/config.example.toml" "$2/config.example.toml"; then
        box_config "$1/config.example.toml" "$STAGE/config.toml"
        place "$STAGE/config.toml" "$target.new" 640
        say "The example configuration has changed: compare $target.new with your $target (which was not touched)."
    fi
}

system_files() { # the files outside the release: source, target, mode
    local unit
    for unit in "${UNITS[@]}"; do say "$unit /etc/systemd/system/$unit 644"; done
    say "70-aftercall-modem.rules /etc/udev/rules.d/70-aftercall-modem.rules 644"
    say "aftercall.sysusers.conf /etc/sysusers.d/aftercall.conf 644"
    say "aftercall.tmpfiles.conf /etc/tmpfiles.d/aftercall.conf 644"
    say "aftercall.command /usr/local/bin/aftercall 755"
}

place_system_files() { # RELEASE-DIR
    local source target mode
    while read -r source target mode; do
        if [ "$COMMAND" = rollback ] && [ ! -e "$1/systemd/$source" ]; then
            forget "$ROOT$target"
            continue
        fi
        place "$1/systemd/$source" "$ROOT$target" "$mode"
    done < <(system_files)
}

make_users_and_folders() {
    local at=()
    live || at=(--root="$ROOT")
    if [ "$(id -u)" -eq 0 ] && command -v systemd-sysusers >/dev/null && command -v systemd-tmpfiles >/dev/null; then
        # By name, not by path: only then is the file looked for below --root.
        systemd-sysusers "${at[@]}" aftercall.conf
        systemd-tmpfiles "${at[@]}" --create aftercall.conf
        return 0
    fi
    ! live || fail "systemd-sysusers and systemd-tmpfiles are needed. Remedy: apt install systemd"
    say "Skipped: users, owners and data folders (they need root and systemd's tools); tmpfiles.d makes them at boot."
}

switch_to() { # RELEASE-NAME
    local old base="$ROOT/opt/aftercall"
    old=$(release_of current)
    if [ -n "$old" ] && [ "$old" != "releases/$1" ]; then point_undoably "$base/previous" "$old"; fi
    point_undoably "$base/current" "releases/$1"
}

reload_system() {
    if ! booted; then
        say "Skipped: telling systemd and udev (not this machine's running system)."
        return 0
    fi
    systemctl daemon-reload
    udevadm control --reload
    udevadm trigger --subsystem-match=usb --subsystem-match=tty
}

restart_running() {
    booted || return 0
    local unit
    for unit in aftercall-worker.service aftercall-web.service; do
        active "$unit" || continue
        # Undone in reverse order: links first, then this, so the old program comes back up.
        systemctl restart "$unit" || fail "$unit does not start with this version; see: journalctl -u $unit"
    done
}

# shellcheck disable=SC2317  # called by on_exit
bring_old_back() {
    booted || return 0
    systemctl daemon-reload
    systemctl try-restart aftercall-worker.service aftercall-web.service
}

start_services() {
    [ "$START" = yes ] || return 0
    if ! booted; then
        say "Skipped: starting the services (not this machine's running system)."
        return 0
    fi
    systemctl enable --now aftercall-web.socket aftercall-worker.service ||
        fail "the services do not start; see: journalctl -u aftercall-worker -u aftercall-web"
}

prune_releases() {
    local folder name
    for folder in "$ROOT"/opt/aftercall/releases/* "$ROOT"/opt/aftercall/releases/.staging-*; do
        [ -d "$folder" ] || continue
        name=releases/$(basename -- "$folder")
        case "$name" in "$(release_of current)" | "$(release_of previous)") continue ;; esac
        [ "$folder" = "$STAGE" ] || rm -rf -- "$folder"
    done
}

begin() { # everything from here on is undone unless `finish` is reached
    local releases="$ROOT/opt/aftercall/releases"
    STAGE=$(mktemp -d -- "$releases/.staging-XXXXXXXX")
    COMMITTED=no
    remember_undo bring_old_back
}

finish() {
    COMMITTED=yes
    prune_releases
}

put_release() { # VERSION: builds it unless it is there and whole
    local version=$1 folder="$ROOT/opt/aftercall/releases/$1"
    if [ -d "$folder" ] && [ "$REINSTALL" = no ]; then
        cmp -s -- "$HERE/MANIFEST.sha256" "$folder/MANIFEST.sha256" ||
            fail "version $version is installed from another bundle. Remedy: --reinstall replaces it."
        intact "$folder" || fail "files of version $version were changed since. Remedy: --reinstall builds it again."
        say "Version $version is built already."
        return 0
    fi
    find_python
    [ "$(free_mb "$folder")" -ge "$FREE_OPT_MB" ] || fail "less than $FREE_OPT_MB MB free below $ROOT/opt"
    build_release "/opt/aftercall/releases/$version"
    if [ -d "$folder" ]; then
        mv -T -- "$folder" "$STAGE/replaced"
        remember_undo mv -T -- "$STAGE/replaced" "$folder"
    fi
    remember_undo rm -rf -- "$folder"
    mv -T -- "$STAGE/release" "$folder"
}

do_install() {
    need_root
    need_bundle
    local version old="" config="$ROOT/etc/aftercall/config.toml"
    version=$(bundle_value version)
    [ -z "$CONFIG" ] || [ -r "$CONFIG" ] || wrong_use "--config $CONFIG cannot be read"
    take_lock
    [ -z "$(release_of current)" ] || old="$ROOT/opt/aftercall/$(release_of current)"
    begin
    put_release "$version"
    local release="$ROOT/opt/aftercall/releases/$version"
    [ -e "$config" ] || config=$CONFIG
    if [ -n "$config" ]; then
        config_is_read_by "$release" "$config" || fail "version $version does not accept $config. Remedy: correct it, then install again."
    fi
    place_config "$release" "$old"
    place_system_files "$release"
    make_users_and_folders
    switch_to "$version"
    reload_system
    restart_running
    start_services
    finish
    say "Aftercall $version is installed in ${ROOT}/opt/aftercall."
    [ -n "$old" ] || next_steps
}

next_steps() {
    say "Next:"
    say "  1. edit /etc/aftercall/config.toml (agency, modem, feed)"
    say "  2. aftercall init; aftercall user add NAME --role admin; aftercall check"
    say "  3. systemctl enable --now aftercall-web.socket aftercall-worker"
}

# ---------------------------------------------------------------- rollback, uninstall

do_rollback() {
    need_root
    local previous
    previous=$(release_of previous)
    [ -d "$ROOT/opt/aftercall/${previous:-none}" ] || fail "there is no version to go back to"
    take_lock
    begin
    local release="$ROOT/opt/aftercall/$previous"
    intact "$release" || fail "the files of $previous were changed since it was installed; nothing was switched"
    place_system_files "$release"
    switch_to "${previous#releases/}"
    reload_system
    restart_running
    finish
    say "Back on ${previous#releases/}. The data was not changed."
}

confirm_purge() {
    if [ "$PURGE" = no ] || [ "$YES" = yes ]; then return 0; fi
    [ -t 0 ] || wrong_use "--purge deletes every text, reply and score; without a terminal it needs --yes"
    local word
    printf 'This deletes every text, reply, score and setting of this box. Type "delete" to go on: '
    read -r word
    [ "$word" = delete ] || fail "nothing was removed"
}

do_uninstall() {
    need_root
    confirm_purge
    local unit target
    if booted; then
        for unit in "${UNITS[@]}"; do systemctl --quiet disable --now "$unit" 2>/dev/null || say "$unit was not installed"; done
    fi
    while read -r _ target _; do rm -f -- "$ROOT$target"; done < <(system_files)
    rm -rf -- "$ROOT/opt/aftercall"
    if [ "$PURGE" = yes ]; then
        rm -rf -- "$ROOT/etc/aftercall" "$ROOT/var/lib/aftercall" "$ROOT/var/spool/aftercall" \
            "$ROOT/run/aftercall" "$ROOT/run/aftercall-usb-reset"
        for unit in "${UNITS[@]}"; do rm -rf -- "$ROOT/etc/systemd/system/$unit.d"; done
        remove_users
    fi
    ! booted || { systemctl daemon-reload && udevadm control --reload; }
    if [ "$PURGE" = yes ]; then
        say "Aftercall, its configuration and its data are removed. Flash memory keeps traces: destroy or re-encrypt the card."
    else
        say "Aftercall is removed. Kept: $ROOT/etc/aftercall, $ROOT/var/lib/aftercall, $ROOT/var/spool/aftercall and the users."
    fi
}

remove_users() {
    local name
    if ! live; then
        say "Skipped: removing users (not this machine)."
        return 0
    fi
    for name in aftercall-worker aftercall-web; do ! getent passwd "$name" >/dev/null || userdel "$name"; done
    for name in aftercall aftercall-feed; do ! getent group "$name" >/dev/null || groupdel "$name"; done
}

# ---------------------------------------------------------------- check

PROBLEMS=0
good() { printf 'ok    %-12s %s\n' "$1" "$2"; }
note() { printf 'note  %-12s %s\n' "$1" "$2"; }
bad() { printf 'FAIL  %-12s %s\n' "$1" "$2"; PROBLEMS=$((PROBLEMS + 1)); }

os_value() { sed -n "s/^$1=\"\{0,1\}\([^\"]*\)\"\{0,1\}\$/\1/p" /etc/os-release; }

check_system() {
    local id version pretty
    id=$(os_value ID) version=$(os_value VERSION_ID) pretty=$(os_value PRETTY_NAME)
    case "$id-$version" in
        debian-12 | debian-13 | raspbian-12 | raspbian-13) good system "$pretty" ;;
        *) note system "$pretty: not tested; tested are Debian 12 and 13 and Raspberry Pi OS" ;;
    esac
    case "$(machine)" in
        x86_64 | aarch64) good machine "$(machine)" ;;
        armv7l) note machine "armv7l: 32-bit works only with a bundle made for it" ;;
        *) bad machine "$(machine) is not supported; x86_64 and aarch64 are" ;;
    esac
}

check_python() {
    local candidate version found="" venv=no
    while IFS= read -r candidate; do
        version=$(python_version "$candidate") || continue
        if [ -f "$HERE/BUNDLE" ] && ! bundle_supports "$version"; then continue; fi
        case "$version" in 3.1[1-9]) ;; *) continue ;; esac
        found="$candidate ($version)"
        if python_makes_venvs "$candidate"; then venv=yes && break; fi
    done < <(python_candidates)
    if [ -z "$found" ]; then
        bad python "no Python that fits; this bundle is for $(bundle_value supports 2>/dev/null || say '3.11 or newer')"
        return 0
    fi
    good python "$found"
    if [ "$venv" = yes ]; then good venv "can make virtual environments"; else bad venv "apt install python3-venv"; fi
}

check_room() {
    local opt data ram
    opt=$(free_mb "$ROOT/opt/aftercall") data=$(free_mb "$ROOT/var/lib/aftercall")
    ram=$(awk '/^MemTotal:/ { print int($2 / 1024) }' /proc/meminfo)
    if [ "$opt" -ge "$FREE_OPT_MB" ]; then good disk "$opt MB free for the program"; else bad disk "$opt MB free below /opt; $FREE_OPT_MB are needed"; fi
    if [ "$data" -ge "$FREE_DATA_MB" ]; then good data "$data MB free for the data"; else bad data "$data MB free below /var/lib; $FREE_DATA_MB are needed"; fi
    if [ "$ram" -ge 400 ]; then good memory "$ram MB"; else bad memory "$ram MB; 400 are needed"; fi
}

check_clock() {
    local synced=unknown
    [ "$(date +%Y)" -ge 2025 ] || { bad clock "$(date -u +%FT%TZ) cannot be right; texts wait until the clock is set"; return 0; }
    if command -v timedatectl >/dev/null; then synced=$(timedatectl show -p NTPSynchronized --value 2>/dev/null || say unknown); fi
    case "$synced" in
        yes) good clock "$(date -u +%FT%TZ), synchronised" ;;
        *) note clock "$(date -u +%FT%TZ), synchronised: $synced; give the box the agency's NTP server" ;;
    esac
}

check_modem() {
    local comm port ports=()
    for comm in /proc/[0-9]*/comm; do
        if [ "$(cat "$comm" 2>/dev/null || true)" = ModemManager ]; then
            bad modemmanager "it is running and takes the modem: systemctl mask --now ModemManager"
            comm=found
            break
        fi
    done
    [ "$comm" = found ] || good modemmanager "not running"
    for port in /dev/aftercall/* /dev/serial/by-id/*; do [ ! -e "$port" ] || ports+=("$port"); done
    if [ "${#ports[@]}" -gt 0 ]; then good modem "${ports[*]}"; else note modem "no USB serial port is there; is the modem plugged in?"; fi
}

listen_addresses() { # of the web socket, with the drop-ins of this box
    local units="$ROOT/etc/systemd/system" files=() file
    for file in "$units/aftercall-web.socket" "$units/aftercall-web.socket.d"/*.conf; do [ ! -f "$file" ] || files+=("$file"); done
    awk -F= '/^ListenStream=/ { if ($2 == "") n = 0; else all[++n] = $2 } END { for (i = 1; i <= n; i++) print all[i] }' "${files[@]:-/dev/null}"
}

check_port() {
    local address port
    address=$(listen_addresses | head -n 1)
    address=${address:-127.0.0.1:8080}
    port=$(printf '%04X' "${address##*:}")
    if active aftercall-web.socket; then
        good port "$address, served by aftercall-web.socket"
    elif cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v p=":$port" '$4 == "0A" && substr($2, length($2) - 4) == p { f = 1 } END { exit !f }'; then
        bad port "${address##*:} is taken by another program; change it with: systemctl edit aftercall-web.socket"
    else
        good port "$address is free"
    fi
    case "$address" in
        127.0.0.1:* | localhost:* | "[::1]:"*) ;;
        *) grep -q '^[[:space:]]*tls_cert' "$ROOT/etc/aftercall/config.toml" 2>/dev/null ||
            bad tls "the pages listen on $address without tls_cert in [web]: passwords would cross the network in clear" ;;
    esac
}

check_installed() {
    local release config="$ROOT/etc/aftercall/config.toml" name
    release=$(release_of current)
    if [ -z "$release" ]; then
        note program "not installed yet"
        return 0
    fi
    if intact "$ROOT/opt/aftercall/$release"; then good program "${release#releases/}, all files as installed"; else bad program "${release#releases/}: files were changed or are missing; --reinstall builds it again"; fi
    for name in aftercall-worker aftercall-web; do
        if grep -q "^$name:" "$ROOT/etc/passwd" 2>/dev/null; then good user "$name"; else bad user "$name is missing; run install.sh again"; fi
    done
    check_config "$ROOT/opt/aftercall/$release" "$config"
    booted || return 0
    for name in aftercall-worker.service aftercall-web.socket aftercall-usb-reset.path; do
        if active "$name"; then good service "$name is running"; else note service "$name is not running"; fi
    done
}

check_config() { # RELEASE-DIR CONFIG-FILE
    local said
    if [ ! -e "$2" ]; then
        bad config "$2 is missing; the example is $1/config.example.toml"
    elif live && [ "$(id -u)" -eq 0 ]; then
        if said=$(/usr/local/bin/aftercall check --config "$2" 2>&1); then good config "$2"; else bad config "$said"; fi
    elif said=$(config_is_read_by "$1" "$2" 2>&1); then
        good config "$2 can be read"
    else
        bad config "$said"
    fi
}

do_check() {
    check_system
    check_python
    check_room
    check_clock
    check_modem
    check_port
    check_installed
    [ "$PROBLEMS" -eq 0 ] || { say "$PROBLEMS problem(s) found."; return 1; }
}

# ---------------------------------------------------------------- main

read_arguments() {
    ROOT=${DESTDIR:-}
    while [ $# -gt 0 ]; do
        case "$1" in
            install | check | rollback | uninstall) COMMAND=$1 ;;
            --check) COMMAND=check ;;
            --start) START=yes ;;
            --reinstall) REINSTALL=yes ;;
            --purge) PURGE=yes ;;
            --yes) YES=yes ;;
            --root | --config | --python)
                [ -n "${2:-}" ] || wrong_use "$1 needs a value"
                case "$1" in --root) ROOT=$2 ;; --config) CONFIG=$2 ;; --python) CHOSEN_PYTHON=$2 ;; esac
                shift
                ;;
            -h | --help) usage; exit 0 ;;
            *) usage >&2; wrong_use "$1 is not known" ;;
        esac
        shift
    done
    [ "$PURGE" = no ] || [ "$COMMAND" = uninstall ] || wrong_use "--purge goes with uninstall"
    if [ -n "$ROOT" ]; then
        [ -d "$ROOT" ] || wrong_use "--root $ROOT is not a folder"
        ROOT=$(cd -- "$ROOT" && pwd -P)
        [ "$ROOT" != / ] || ROOT=""
    fi
}

main() {
    HERE=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
    read_arguments "$@"
    trap on_exit EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    case "$COMMAND" in
        install) do_install ;;
        check) do_check ;;
        rollback) do_rollback ;;
        uninstall) do_uninstall ;;
    esac
}

main "$@"; exit
