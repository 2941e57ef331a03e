#!/bin/sh
# Stands for a training script in any language: it is told its parameters as --name=value and the seed in SWEEPS_SEED,
# prints its losses as nanoGPT does, and keeps its step in SWEEPS_RESUME_DIR, so that a later attempt goes on from there.
learning_rate=0.1 width=64
for argument; do
    case $argument in
        --learning_rate=*) learning_rate=${argument#*=} ;;
        --width=*) width=${argument#*=} ;;
        *) echo "unknown argument $argument" >&2; exit 2 ;;
    esac
done

checkpoint=$SWEEPS_RESUME_DIR/step
step=$(cat "$checkpoint" 2>/dev/null || echo 0)
trap 'echo "stopped at step $step"; exit 1' TERM
while [ "$step" -le 500 ]; do
    # A loss that falls with the step, faster with a larger rate, and is a little different for each seed.
    awk -v step="$step" -v rate="$learning_rate" -v width="$width" -v seed="$SWEEPS_SEED" 'BEGIN {
        loss = 1 + 3 * exp(-rate * step / 50) + 2 / width + 0.01 * sin(seed * 7 + step * width)
        printf "step %d: train loss %.4f, val loss %.4f\n", step, loss - 0.05, loss }'
    step=$((step + 50))
    echo "$step" > "$checkpoint.new" && mv "$checkpoint.new" "$checkpoint"
done
