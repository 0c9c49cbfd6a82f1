#!/bin/sh
# Makes docs/images again: synthetic pages, and what profilex finds on one of them. Run it when the model or a drawing changes.
#   PYTHON   the interpreter that has profilex, .venv/bin/python by default
set -eu
cd "$(dirname "$0")"
PYTHON=${PYTHON:-../.venv/bin/python}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

profilex() { "$PYTHON" -m profilex "$@"; }
pictures() { "$PYTHON" pictures.py "$@"; }

mkdir -p images
for style in solid outline hatched toned; do
    profilex synth --out "$work/plates/$style" --pages 4 --seed 7 --kind plate --style $style --workers 1 --quiet
done
seed=20
for style in solid outline hatched toned ink; do  # a seed each: the same seed draws the same vessels in every style
    seed=$((seed + 1))
    profilex synth --out "$work/items/$style" --pages 3 --seed $seed --kind item --style $style --workers 1 --quiet
done
profilex synth --out "$work/negatives" --pages 8 --seed 9 --kind negative --workers 1 --quiet
for school in field working beakers japanese chinese; do
    profilex synth --out "$work/schools/$school" --pages 3 --seed 31 --kind item --school $school --workers 1 --quiet
done
profilex synth --out "$work/book" --pages 8 --seed 3 --kind book --quiet
pictures sheet images/synthetic-schools.jpg "$work"/schools/*/JPEGImages/*.png
pictures sheet images/synthetic-book.jpg "$work"/book/JPEGImages/*[1-6].png
pictures sheet images/synthetic-plates.jpg "$work"/plates/*/JPEGImages/*[0-2].png
pictures sheet images/synthetic-items.jpg "$work"/items/*/JPEGImages/*.png
pictures sheet images/synthetic-negatives.jpg "$work"/negatives/JPEGImages/*.png

plate=$work/plates/solid/JPEGImages/0007_000000.png
scale=$(pictures scale "$work/plates/solid/index.jsonl" 0007_000000)
profilex batch "$plate" --out "$work/profiles" --mm-per-px "$scale" --workers 0 --quiet
pictures preview images/preview.jpg "$work"/profiles/pages/*/preview.jpg
pictures drawing images/drawing.svg "$work/profiles"
pictures reliability images/reliability.svg ../models/default/card.json

profilex synth --out "$work/held-out" --pages 40 --seed 2 --workers 1 --quiet
profilex evaluate "$work/held-out" --out "$work/evaluation"
pictures sheet images/failures.jpg "$work"/evaluation/worst/*.png
ls -l images
