// `cargo bench --bench calls` in Go by hand, with the standard library: the least that a Go library can cost.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"strconv"
)

var input = bufio.NewReader(os.Stdin)

func line() []byte {
	line, err := input.ReadSlice('\n')
	if err != nil {
		os.Exit(1)
	}
	return line[:len(line)-1]
}

// command sends a line and gives what follows "200 result=" in its reply.
func command(format string, arguments ...any) []byte {
	fmt.Fprintf(os.Stdout, format+"\n", arguments...)
	reply := line()
	if !bytes.HasPrefix(reply, []byte("200 result=")) {
		os.Exit(1)
	}
	return reply[len("200 result="):]
}

func main() {
	environment := make(map[string]string)
	for {
		line := line()
		if len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(": "))
		environment[string(name)] = string(value)
	}
	balance := bytes.TrimSuffix(bytes.TrimPrefix(command("GET VARIABLE ACCOUNT"), []byte("1 (")), []byte(")"))
	command("SET VARIABLE BALANCE \"%s\"", balance)
	command("STREAM FILE welcome \"\"")
	key, _ := strconv.Atoi(string(command("WAIT FOR DIGIT 5000")))
	command("SAY NUMBER 1204 \"\"")
	command("EXEC NoOp \"done\"")
	command("SET VARIABLE CHOICE \"%c\"", key)
}
