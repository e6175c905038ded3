#!/bin/sh
# A small menu as many first scripts are written: lines in, lines out, and no library.

while read -r line && [ "$line" ]; do
  case $line in agi_uniqueid:*) uniqueid=${line#*: } ;; esac
done

# Sends a command; leaves what stands behind `result=` in $result.
agi() {
  printf '%s\n' "$*"
  read -r reply || exit 0
  result=${reply#*result=}
  result=${result%% *}
  [ "$result" != -1 ] || exit 0
}

agi ANSWER
agi GET DATA vm-enter-num-to-call 5000 4
number=$result
agi SET VARIABLE DIALLED "\"$number\""
if [ "$number" ]; then
  agi SAY DIGITS "$number" '""'
else
  agi STREAM FILE invalid '""'
fi
agi STREAM FILE tt-weasels '"12"'
case $result in
  49) choice=1 ;;
  50) choice=2 ;;
  *) choice=none ;;
esac
agi DATABASE PUT menu choice "$choice"
agi GET VARIABLE 'CALLERID(num)'
caller=${reply##*\(}
caller=${caller%\)}
agi VERBOSE "\"$caller chose $choice\"" 1
agi NO SUCH COMMAND
agi STREAM FILE vm-goodbye '""'
echo "menu: call $uniqueid is over" >&2
