# `cargo bench --bench calls` in bash alone.
while IFS= read -r line && [ -n "$line" ]; do :; done

command() {
  printf '%s\n' "$1"
  IFS= read -r reply || exit 1
  case $reply in '200 result='*) reply=${reply#200 result=} ;; *) exit 1 ;; esac
}

command 'GET VARIABLE ACCOUNT'
value=${reply#1 (}
command "SET VARIABLE BALANCE \"${value%)}\""
command 'STREAM FILE welcome ""'
command 'WAIT FOR DIGIT 5000'
printf -v key '\\x%x' "$reply"
printf -v key %b "$key"
command 'SAY NUMBER 1204 ""'
command 'EXEC NoOp "done"'
command "SET VARIABLE CHOICE \"$key\""
