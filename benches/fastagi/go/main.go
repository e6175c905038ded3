// FastAGI in Go by hand, with the standard library: the most that a Go library can reach.
// A goroutine a call, a buffered reader, one write a command. Usage: fastagi ten|hold; prints its port.
package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
)

var errReply = errors.New("not the reply")

// command sends a line and gives what follows "200 result=" in its reply.
func command(call net.Conn, lines *bufio.Reader, line string) ([]byte, error) {
	if _, err := call.Write([]byte(line)); err != nil {
		return nil, err
	}
	reply, err := lines.ReadSlice('\n')
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(reply, []byte("200 result=")) {
		return nil, errReply
	}
	return reply[len("200 result=") : len(reply)-1], nil
}

func serve(call net.Conn, hold bool) error {
	defer call.Close()
	lines := bufio.NewReader(call)
	environment := make(map[string]string)
	for {
		line, err := lines.ReadSlice('\n')
		if err != nil {
			return err
		}
		if len(line) == 1 {
			break
		}
		name, value, _ := bytes.Cut(line[:len(line)-1], []byte(": "))
		environment[string(name)] = string(value)
	}
	if hold {
		if _, err := command(call, lines, "STREAM FILE \"prompt\" \"\"\n"); err != nil {
			return err
		}
	}
	for n := 0; n < 5; n++ {
		reply, err := command(call, lines, fmt.Sprintf("GET VARIABLE LOAD_%d\n", n))
		if err != nil {
			return err
		}
		if len(reply) < 4 {
			return errReply
		}
		token := reply[3 : len(reply)-1]
		if _, err := command(call, lines, fmt.Sprintf("SET VARIABLE ECHO_%d \"%s\"\n", n, token)); err != nil {
			return err
		}
	}
	return nil
}

func main() {
	hold := len(os.Args) > 1 && os.Args[1] == "hold"
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	for {
		call, err := listener.Accept()
		if err != nil {
			continue
		}
		go serve(call, hold)
	}
}
