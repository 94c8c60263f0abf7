# The commands of a working day. `just check` is everything that CI does.

# Everything that CI does.
check:
    .ci/run

# One or more steps of it, for example `just step lint story`.
step *steps:
    .ci/run {{steps}}

# All tests.
test:
    cargo test --workspace --locked

# Format what is written.
format:
    cargo fmt --all

# Write what the examples print into the READMEs; read the diff before you commit it.
bless:
    examples/acme/story.sh --bless
