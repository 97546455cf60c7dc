#!/usr/bin/env bash
# Prices the examples and compares the outputs with the expected ones: tools/demo.sh PROGRAM
#
# EXPECTED=record tools/demo.sh PROGRAM replaces the expected outputs, when a change of them is meant.
set -euo pipefail
program=$(realpath "${1:?the program}")
cd "$(dirname "$0")/../examples"
output=$(mktemp -d)
trap 'rm -rf "$output"' EXIT

# show FILE COLUMN...: the named columns of a CSV without line breaks in fields, lined up.
show() {
  awk -v names="${*:2}" '
    # Cuts a row into fields, some of which may be quoted, and counts them.
    function cut_row(row, fields,    count, length_) {
      split("", fields)
      for (count = 0; row != "" || count == 0; row = substr(row, length_ + 2)) {
        if (match(row, /^"([^"]|"")*"/)) length_ = RLENGTH
        else if (match(row, /,/)) length_ = RSTART - 1
        else length_ = length(row)
        fields[++count] = substr(row, 1, length_)
      }
      return count
    }
    NR == 1 {
      wanted = split(names, name, " ")
      for (i = cut_row($0, field); i > 0; i--) place[field[i]] = i
    }
    {
      cut_row($0, field)
      for (i = 1; i <= wanted; i++) {
        text = field[place[name[i]]]
        # Eight digits are enough to look at; words and dates stay as they are.
        if (text ~ /^-?[0-9.]+(e[-+]?[0-9]+)?$/) text = sprintf("%.8g", text)
        printf(i == 1 ? "  %-20s" : " %-21s", text)
      }
      print ""
    }' "$1"
}

for name in options firms; do
  echo "\$ batchrun price examples/$name.csv -o $name.csv"
  "$program" price "$name.csv" -o "$output/$name.csv"
  if [[ ${EXPECTED:-} == record ]]; then cp "$output/$name.csv" expected/; fi
  cmp "$output/$name.csv" "expected/$name.csv"
  echo
done
echo "\$ batchrun encode examples/clip.mp4 -o out.mp4"
"$program" encode clip.mp4 -o "$output/out.mp4" --no-progress
echo
echo "options.csv, some of the columns, to eight digits:"
show "$output/options.csv" contract price delta vega status
echo
echo "firms.csv, some of the columns, to eight digits:"
show "$output/firms.csv" firm date default_probability_1 default_probability_5 status
