#!/usr/bin/env bash
# Runs every `console` block of the READMEs and compares what comes out with what stands there.
#
#   examples/acme/story.sh           fails with a diff where they differ
#   examples/acme/story.sh --bless   writes what comes out into the READMEs
#
# A line that begins with `$ ` is run; the lines after it, up to the next such line, are its output. Where a command
# ends with another code than 0, the last line of its output says so.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
bless=${1:-}

cargo build --quiet --locked -p tenure-cli
target=${CARGO_TARGET_DIR:-$root/target}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export CARGO_TERM_COLOR=never

# What the README of Acme defines for its reader.
cp examples/acme/log.jsonl "$scratch/acme.jsonl"
tenure() { "$target/debug/tenure" "$@" --policy acme.yaml --log "$scratch/acme.jsonl"; }

ran=0

# Prints the page with the blocks as they come out, run in the given directory.
play() {
    local directory=$1 page=$2 inside=no line output code
    while IFS= read -r line; do
        if [[ $inside == no ]]; then
            printf '%s\n' "$line"
            [[ $line != '```console' ]] || inside=yes
        elif [[ $line == '```' ]]; then
            printf '%s\n' "$line"
            inside=no
        elif [[ $line == '$ '* ]]; then
            printf '%s\n' "$line"
            code=0
            output=$(cd "$directory" && eval "${line#\$ }" 2>&1 </dev/null) || code=$?
            [[ -z $output ]] || printf '%s\n' "${output//"$scratch"//tmp}"
            [[ $code == 0 ]] || printf '(exit %s)\n' "$code"
            printf '.' >>"$scratch/ran"
        fi
    done <"$page"
}

differ=0
story() {
    local directory=$1 page=$2
    play "$directory" "$page" >"$scratch/page.md"
    if [[ $bless == --bless ]]; then
        cat "$scratch/page.md" >"$page"
    elif ! diff -u --label "$page" --label "$page as it comes out" "$page" "$scratch/page.md"; then
        differ=1
    fi
}

story "$root/examples/acme" examples/acme/README.md
story "$root" README.md

ran=$(wc -c <"$scratch/ran")
echo "acme: $ran commands run"
if ((ran < 25)); then
    echo "acme: that is less than the story has; its blocks are no longer found" >&2
    exit 1
fi
exit "$differ"
