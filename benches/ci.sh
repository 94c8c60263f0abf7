#!/usr/bin/env bash
# Counts the instructions of what must stay cheap, and fails where one costs more than it did, by three percent:
#
#   benches/ci.sh            compare with benches/instructions.tsv
#   benches/ci.sh --bless    write them there; read the diff before you commit it
#
# It needs valgrind. The runner of the harness is installed beneath target/ when it is not there.
set -euo pipefail
cd "$(dirname "$0")/.."
exec </dev/null

tolerance=3 # percent
known=benches/instructions.tsv
tools=$PWD/target/tools
counts=$(mktemp)
home=$(mktemp -d)
trap 'rm -rf "$counts" "$home"' EXIT

command -v valgrind >/dev/null || { echo 'valgrind is not installed' >&2; exit 2; }
version=$(sed -nE 's/^gungraun = .*version = "=([0-9.]+)".*/\1/p' benches/Cargo.toml)
runner=$tools/bin/gungraun-runner
if [[ $("$runner" --version 2>/dev/null) != "gungraun-runner $version" ]]; then
    # Without optimisation it is there in half the time, and it only reads what valgrind has counted.
    cargo install --quiet --debug --locked --root "$tools" gungraun-runner --version "=$version"
fi

# The names of functions are enough to count by; debug information only takes time to write.
CARGO_PROFILE_BENCH_DEBUG=0 GUNGRAUN_RUNNER=$runner GUNGRAUN_HOME=$home \
    cargo bench --quiet --locked -p tenure-benches --features count --bench instructions -- --output-format=json |
    sed -nE 's/.*"function_name":"([^"]+)".*"Ir":\{"values":\{"new":([0-9]+).*/\1\t\2/p' >"$counts"

if [[ ${1-} == --bless ]]; then
    cp "$counts" "$known"
    cat "$known"
    exit
fi

awk -F'\t' -v tolerance="$tolerance" '
    NR == FNR { known[$1] = $2; next }
    {
        counted[$1] = 1
        if (!($1 in known)) { verdict = "new: bless it"; failed++ }
        else {
            percent = 100 * ($2 - known[$1]) / known[$1]
            verdict = sprintf("%+7.2f %%", percent)
            if (percent > tolerance) { verdict = verdict "  failed"; failed++ }
            else { passed++; if (percent < -tolerance) verdict = verdict "  better: bless it" }
        }
        printf "%-20s %12d %s\n", $1, $2, verdict
    }
    END {
        for (name in known) if (!(name in counted)) { printf "%-20s was not counted\n", name; failed++ }
        printf "%d passed, %d failed\n", passed, failed
        exit failed > 0
    }' "$known" "$counts"
