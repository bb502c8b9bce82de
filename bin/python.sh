# Finds a Python for bin/demo and bin/test, which source this. Sets CUSPIDE_PYTHON.
# Candidates are run, not looked at: a shim on PATH may stand for a version that is not installed. Versions that every
# dependency has a wheel for are looked for first; a newer one will do to fetch such a version.
for wanted in '(3, 11) <= sys.version_info < (3, 15)' 'sys.version_info >= (3, 15)'; do
    for candidate in "${CUSPIDE_PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11 python /usr/bin/python3; do
        [ -n "$candidate" ] || continue
        if "$candidate" -c "import sys; sys.exit(not ($wanted))" </dev/null >/dev/null 2>&1; then
            CUSPIDE_PYTHON=$candidate
            export CUSPIDE_PYTHON
            return 0
        fi
    done
done
case "${CUSPIDE_LANG:-${LC_ALL:-${LC_MESSAGES:-${LANG:-fr}}}}" in
    fr* | C* | POSIX) echo "Cuspide demande Python 3.11 à 3.14 ; aucun n'a été trouvé. Installez-le, ou indiquez-le par CUSPIDE_PYTHON." >&2 ;;
    *) echo "Cuspide needs Python 3.11 to 3.14, and none was found. Install it, or name it in CUSPIDE_PYTHON." >&2 ;;
esac
exit 3
