# Finds a Python 3.11 or newer; sourced by bin/demo and bin/test. Sets CUSPIDE_PYTHON.
# Candidates are run, not looked at: a shim on PATH may stand for a version that is not installed.
for candidate in "${CUSPIDE_PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11 python /usr/bin/python3; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' </dev/null >/dev/null 2>&1; then
        CUSPIDE_PYTHON=$candidate
        export CUSPIDE_PYTHON
        return 0
    fi
done
case "${CUSPIDE_LANG:-${LC_ALL:-${LC_MESSAGES:-${LANG:-fr}}}}" in
    fr* | C* | POSIX) echo "Cuspide demande Python 3.11 ou plus récent ; aucun n'a été trouvé. Installez-le, ou indiquez-le par CUSPIDE_PYTHON." >&2 ;;
    *) echo "Cuspide needs Python 3.11 or newer, and none was found. Install it, or name it in CUSPIDE_PYTHON." >&2 ;;
esac
exit 3
