#!/bin/sh
# /usr/local/bin/aftercall: the command line runs as the service user, so that no file ends up as root's.
set -eu
umask 0007
program=/opt/aftercall/current/venv/bin/aftercall
if [ "$(id -u)" -eq 0 ]; then
    exec setpriv --reuid=aftercall-worker --regid=aftercall --init-groups -- "$program" "$@"
fi
exec "$program" "$@"
